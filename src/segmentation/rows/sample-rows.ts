import type { RowSource } from './row-source';
import { seededRandom } from './seeded-random';

/**
 * Rows picked at random, each set of that many as likely as any other, in their order, in one pass.
 *
 * Source: Knuth, The Art of Computer Programming, volume 2, section 3.4.2, algorithm S.
 *
 * @param most how many rows; all of them where there are no more.
 * @returns rows after rows, row-major.
 */
export async function sampleRows(
  rows: RowSource,
  most: number,
  seed: number,
  signal: AbortSignal,
): Promise<Float32Array> {
  const { featureCount: d, rowCount } = rows;
  const random = seededRandom(seed);
  const sample = new Float32Array(Math.min(most, rowCount) * d);
  let seen = 0;
  let taken = 0;
  for await (const batch of rows.batches()) {
    signal.throwIfAborted();
    for (let at = 0; at < batch.length; at += d) {
      if (random() * (rowCount - seen) < sample.length / d - taken) {
        sample.set(batch.subarray(at, at + d), taken * d);
        taken++;
      }
      seen++;
    }
  }
  return sample;
}

/** @param rows rows after rows of d features. @returns them without those that are all zero. */
export function nonZeroRows(rows: Float32Array, d: number): Float32Array {
  const kept = new Float32Array(rows.length);
  let length = 0;
  for (let at = 0; at < rows.length; at += d) {
    const row = rows.subarray(at, at + d);
    if (row.every((value) => value === 0)) continue;
    kept.set(row, length);
    length += d;
  }
  return kept.slice(0, length);
}
