import { readFileSync } from 'node:fs';

/** What was done to files, as `record-files.cjs` writes it, and what the load told of itself. */
export type FileRecord =
  | { readonly kind: 'open'; readonly descriptor: number; readonly path: string }
  | { readonly kind: 'write'; readonly descriptor: number; readonly position: number; readonly data: Buffer }
  | {
      readonly kind: 'truncate';
      readonly descriptor?: number;
      readonly path?: string;
      readonly length: number;
    }
  | { readonly kind: 'sync'; readonly descriptor: number }
  | { readonly kind: 'create' | 'mkdir' | 'remove'; readonly path: string }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'answered'; readonly event?: Event; readonly table?: string }
  | { readonly kind: 'emptying'; readonly table: string }
  | { readonly kind: 'opened' | 'checkpoint' | 'checkpointed' };

/** A membership event: the city's key, its number, the user. */
type Event = readonly [string, number, string];

export function readRecording(file: string): FileRecord[] {
  const bytes = readFileSync(file);
  const records: FileRecord[] = [];
  for (let at = 0; at < bytes.length; ) {
    const headEnd = at + 4 + bytes.readUInt32LE(at);
    const head = JSON.parse(bytes.toString('utf8', at + 4, headEnd));
    at = headEnd + head.bytes;
    records.push({ ...head, data: head.zeros > 0 ? Buffer.alloc(head.zeros) : bytes.subarray(headEnd, at) });
  }
  return records;
}
