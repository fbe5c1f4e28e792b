import { BinaryReader } from '@bufbuild/protobuf/wire';

const METADATA_FIELD = 14;

/**
 * The `metadata_props` of an `.onnx` file; everything else is skipped unread.
 *
 * @throws Error when the bytes are no Protocol Buffers message.
 */
export function readMetadata(file: Uint8Array): ReadonlyMap<string, string> {
  const metadata = new Map<string, string>();
  const reader = new BinaryReader(file);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === METADATA_FIELD) {
      const [key, value] = readEntry(reader.bytes());
      metadata.set(key, value);
    } else {
      reader.skip(wireType, field);
    }
  }
  return metadata;
}

function readEntry(bytes: Uint8Array): [key: string, value: string] {
  let key = '';
  let value = '';
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === 1) key = reader.string();
    else if (field === 2) value = reader.string();
    else reader.skip(wireType, field);
  }
  return [key, value];
}
