import { seededRandom } from '../../src/segmentation/rows/seeded-random';

export interface Planted {
  readonly rows: readonly number[][];
  /** The planted segment of every row, from 0. */
  readonly segments: readonly number[];
}

/**
 * Rows that each like what their segment likes, every cell flipped with probability `noise`.
 *
 * Segments differ in `disjoint` blocks of features, or in random halves of the features, which overlap.
 */
export function plantSegments({
  rowCount,
  featureCount,
  segmentCount,
  seed,
  noise = 0.1,
  shape = 'disjoint',
}: {
  rowCount: number;
  featureCount: number;
  segmentCount: number;
  seed: number;
  noise?: number;
  shape?: 'disjoint' | 'overlapping';
}): Planted {
  const random = seededRandom(seed);
  const profiles = Array.from({ length: segmentCount }, (_, s) =>
    Array.from({ length: featureCount }, (_, f) =>
      Number(shape === 'disjoint' ? f % segmentCount === s : random() < 0.5),
    ),
  );
  const segments = Array.from({ length: rowCount }, () => Math.floor(random() * segmentCount));
  const rows = segments.map((s) =>
    (profiles[s] as number[]).map((value) => (random() < noise ? 1 - value : value)),
  );
  return { rows, segments };
}
