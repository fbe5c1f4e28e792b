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
