import { isAscii, isUtf8 } from 'node:buffer';
import { type FileHandle, open } from 'node:fs/promises';
import { refuseOtherFormats } from './file-signature';
import { refusal } from './read-csv-refusals';

export interface TextEncoding {
  readonly name: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
  /** Length of the byte order mark, which is no text. */
  readonly markBytes: number;
}

const [LF, CR] = [0x0a, 0x0d];
const HEAD_BYTES = 4096;
const CHUNK_BYTES = 1 << 18;
/** A character takes up to three times as many bytes in UTF-8. */
const DECODED_CHUNK_BYTES = 1 << 16;

/**
 * The encoding of a text file: what its byte order mark says, or UTF-16 where every other byte is zero, or UTF-8
 * where all its bytes are valid as that, or Windows-1252 (and so Latin-1).
 *
 * @throws ClientError BAD_USER_INPUT for other formats, and for UTF-8 that is damaged.
 */
export async function detectEncoding(path: string): Promise<TextEncoding> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const head = buffer.subarray(0, bytesRead);
    refuseOtherFormats(head);
    return markedUtf16(head) ?? unmarkedUtf16(head) ?? (await utf8OrWindows(file, utf8MarkBytes(head)));
  } finally {
    await file.close();
  }
}

/**
 * The text of a file in UTF-8, without byte order mark, in pieces of at most 256 KiB. A piece is valid until the
 * next one is asked for.
 *
 * @throws ClientError BAD_USER_INPUT when the bytes are not valid in the encoding.
 */
export async function* readAsUtf8(path: string, encoding: TextEncoding): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    if (encoding.name === 'utf-8') yield* readBytes(file, encoding.markBytes, CHUNK_BYTES);
    else if (encoding.name === 'windows-1252') yield* readWindows(file);
    else yield* readUtf16(file, encoding);
  } finally {
    await file.close();
  }
}

async function* readBytes(file: FileHandle, from: number, size: number): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(size);
  for (let position = from; ; ) {
    const { bytesRead } = await file.read(buffer, 0, size, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function* readUtf16(file: FileHandle, { name, markBytes }: TextEncoding): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(name, { fatal: true, ignoreBOM: true });
  try {
    for await (const bytes of readBytes(file, markBytes, DECODED_CHUNK_BYTES)) {
      yield Buffer.from(decoder.decode(bytes, { stream: true }));
    }
    yield Buffer.from(decoder.decode());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error;
    throw refusal('The file looks like UTF-16, but is damaged or cut off. Save it as CSV in UTF-8.');
  }
}

/** Where Windows-1252 differs from Latin-1: the characters of bytes 0x80 to 0x9f. */
const WINDOWS = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

// Node 20's TextDecoder takes windows-1252 for Latin-1.
async function* readWindows(file: FileHandle): AsyncGenerator<Buffer> {
  for await (const bytes of readBytes(file, 0, DECODED_CHUNK_BYTES)) {
    const text = bytes.toString('latin1');
    yield Buffer.from(text.replace(/[\u0080-\u009f]/g, (c) => WINDOWS.charAt(c.charCodeAt(0) - 0x80)));
  }
}

function markedUtf16(head: Buffer): TextEncoding | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return { name: 'utf-16le', markBytes: 2 };
  if (head[0] === 0xfe && head[1] === 0xff) return { name: 'utf-16be', markBytes: 2 };
  return undefined;
}

function utf8MarkBytes(head: Buffer): number {
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
}

function unmarkedUtf16(head: Buffer): TextEncoding | undefined {
  let even = 0;
  let odd = 0;
  for (const [at, byte] of head.entries()) {
    if (byte === 0 && at % 2 === 0) even++;
    else if (byte === 0) odd++;
  }
  const many = head.length / 2 / 2;
  if (odd > many && even < odd / 10) return { name: 'utf-16le', markBytes: 0 };
  if (even > many && odd < even / 10) return { name: 'utf-16be', markBytes: 0 };
  return undefined;
}

/** Reads the whole file: checking takes a tenth of a second for 100 MB, and a guess from its beginning would err. */
async function utf8OrWindows(file: FileHandle, markBytes: number): Promise<TextEncoding> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let isPlain = markBytes === 0;
  let kept = 0;
  for (let position = 0; ; ) {
    const { bytesRead } = await file.read(buffer, kept, CHUNK_BYTES - kept, position);
    const bytes = buffer.subarray(0, kept + bytesRead);
    const whole = bytesRead === 0 ? bytes : bytes.subarray(0, lastBoundary(bytes));
    if (!isUtf8(whole)) {
      const valid = validBytes(whole);
      if (isPlain && isAscii(whole.subarray(0, valid))) return { name: 'windows-1252', markBytes: 0 };
      throw await damagedUtf8(file, position - kept + valid);
    }
    if (bytesRead === 0) return { name: 'utf-8', markBytes };
    isPlain &&= isAscii(whole);
    position += bytesRead;
    kept = bytes.copy(buffer, 0, whole.length);
  }
}

async function damagedUtf8(file: FileHandle, position: number): Promise<Error> {
  let line = 1;
  let before = 0;
  for await (const bytes of readBytes(file, 0, CHUNK_BYTES)) {
    line += countLines(bytes.subarray(0, Math.max(0, position - before)));
    before += bytes.length;
  }
  return refusal(
    `Line ${line}: a byte that is not valid in UTF-8, which the text before it is written in. Save the whole file in one encoding.`,
    { line },
  );
}

/** The end of the last character that is there as a whole, as far as its first byte tells. */
function lastBoundary(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return needed > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** How many bytes at the beginning are valid UTF-8, of bytes that are not so as a whole. */
function validBytes(bytes: Buffer): number {
  let low = 0;
  let high = bytes.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (isUtf8(bytes.subarray(0, lastBoundary(bytes.subarray(0, middle))))) low = middle;
    else high = middle;
  }
  return lastBoundary(bytes.subarray(0, low));
}

/** How many lines end in there: with LF or CRLF, or with CR where there is no LF. */
function countLines(bytes: Buffer): number {
  const end = bytes.includes(LF) ? LF : CR;
  let lines = 0;
  for (let at = bytes.indexOf(end); at !== -1; at = bytes.indexOf(end, at + 1)) lines++;
  return lines;
}
