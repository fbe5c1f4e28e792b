import { kmeansGenerator } from 'ml-kmeans';
import { ClientError } from '../../errors';
import { nextTurn } from '../event-loop';
import type { Factorization, TrainingControl, TrainingOptions } from '../factorization';
import type { RowSource } from '../rows/row-source';
import { nonZeroRows, sampleRows } from '../rows/sample-rows';
import { seededRandom } from '../rows/seeded-random';
import { lloydSweep } from './lloyd-sweep';

/** Enough for starts to differ by more than chance; ten starts on so many rows of 26 features take about a second. */
const SAMPLED_ROWS = 4000;
const STARTS = 10;
const MOST_STEPS = 100;
const MOST_SWEEPS = 30;
/** Squared movement of all centroids over their squared length, below which they stand still. */
const STANDS_STILL = 1e-8;

/**
 * Segments by k-means: the centroids with the smallest sum of squared distances found from several starts
 * (k-means++) on a sample, moved on by Lloyd's sweeps over all rows, read in batches. Rows of zeros belong
 * nowhere and move nothing.
 *
 * Sources: Arthur, Vassilvitskii, k-means++: The Advantages of Careful Seeding, 2007; Lloyd, Least Squares
 * Quantization in PCM, 1982.
 *
 * @param options `starts`: how many, 10 unless said.
 * @throws ClientError BAD_USER_INPUT when there are fewer different rows than segments.
 */
export async function trainKMeans(
  rows: RowSource,
  { segments, seed, starts = STARTS }: TrainingOptions & { readonly starts?: number },
  { report, signal }: TrainingControl,
): Promise<Factorization> {
  const d = rows.featureCount;
  const sample = listRows(nonZeroRows(await sampleRows(rows, SAMPLED_ROWS, seed, signal), d), d);
  if (!hasDifferent(sample, segments)) {
    throw new ClientError(
      'BAD_USER_INPUT',
      `segments: ${segments} are too many for data with fewer different rows that are not empty.`,
    );
  }
  let components = await bestStart(sample, segments, seed, starts, { report, signal });
  for (let iterations = 1; ; iterations++) {
    const sweep = await lloydSweep(rows, components, signal);
    const { reconstructionError, segmentSizes, featureMeans } = sweep;
    report(
      0.5 + (0.5 * iterations) / MOST_SWEEPS,
      `sweep ${iterations}, error ${reconstructionError.toFixed(3)}`,
    );
    if (
      iterations === MOST_SWEEPS ||
      squaredDistance(sweep.nextCentroids, components) <= STANDS_STILL * squaredLength(components)
    ) {
      return { components, reconstructionError, iterations, segmentSizes, featureMeans };
    }
    components = sweep.nextCentroids;
  }
}

async function bestStart(
  sample: number[][],
  segments: number,
  seed: number,
  starts: number,
  { report, signal }: TrainingControl,
): Promise<number[][]> {
  const random = seededRandom(seed);
  let best: number[][] = [];
  let smallest = Number.POSITIVE_INFINITY;
  for (let start = 1; start <= starts; start++) {
    report((0.5 * (start - 1)) / starts, `start ${start} of ${starts}`);
    let centroids: number[][] = [];
    let error = 0;
    const startSeed = Math.floor(random() * 2 ** 31);
    for (const step of kmeansGenerator(sample, segments, { seed: startSeed, maxIterations: MOST_STEPS })) {
      await nextTurn(signal);
      centroids = step.centroids;
      error = sample.reduce(
        (sum, row, i) => sum + step.distance(row, centroids[step.clusters[i] as number] as number[]),
        0,
      );
    }
    if (error < smallest) {
      best = centroids;
      smallest = error;
    }
  }
  return best;
}

function listRows(rows: Float32Array, d: number): number[][] {
  return Array.from({ length: rows.length / d }, (_, row) =>
    Array.from(rows.subarray(row * d, (row + 1) * d)),
  );
}

function hasDifferent(rows: readonly (readonly number[])[], wanted: number): boolean {
  const different = new Set<string>();
  return rows.some((row) => different.add(row.join()).size >= wanted);
}

function squaredDistance(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number {
  return squaredLength(a.map((row, s) => row.map((value, f) => value - (b[s]?.[f] as number))));
}

function squaredLength(matrix: readonly (readonly number[])[]): number {
  return matrix.flat().reduce((sum, value) => sum + value * value, 0);
}
