import { nextTurn } from '../event-loop';
import type { Factorization } from '../factorization';
import type { RowSource } from '../rows/row-source';
import { NearestCentroid } from './nearest-centroid';

interface Sweep extends Omit<Factorization, 'components' | 'iterations'> {
  /** k × d: the means of the rows nearest to each centroid; the centroid itself where there are none. */
  readonly nextCentroids: number[][];
}

/** One pass over all rows: how well the centroids fit, and where they move. Rows of zeros have no centroid. */
export async function lloydSweep(
  rows: RowSource,
  centroids: readonly (readonly number[])[],
  signal: AbortSignal,
): Promise<Sweep> {
  const d = rows.featureCount;
  const nearest = new NearestCentroid(centroids);
  const sums = centroids.map(() => new Float64Array(d));
  const segmentSizes = centroids.map(() => 0);
  let squaredError = 0;
  for await (const batch of rows.batches()) {
    await nextTurn(signal);
    for (let at = 0; at < batch.length; at += d) {
      if (isZero(batch, at, d)) continue;
      const segment = nearest.of(batch, at);
      squaredError += nearest.squaredDistance;
      segmentSizes[segment] = (segmentSizes[segment] as number) + 1;
      const sum = sums[segment] as Float64Array;
      for (let f = 0; f < d; f++) sum[f] = (sum[f] as number) + (batch[at + f] as number);
    }
  }
  return {
    reconstructionError: Math.sqrt(squaredError),
    segmentSizes,
    featureMeans: Array.from({ length: d }, (_, f) => {
      const total = sums.reduce((all, sum) => all + (sum[f] as number), 0);
      return rows.rowCount > 0 ? total / rows.rowCount : 0;
    }),
    nextCentroids: centroids.map((centroid, s) => {
      const size = segmentSizes[s] as number;
      return centroid.map((value, f) => (size > 0 ? (sums[s]?.[f] as number) / size : value));
    }),
  };
}

function isZero(rows: Float32Array, at: number, d: number): boolean {
  for (let f = 0; f < d; f++) if ((rows[at + f] as number) > 0) return false;
  return true;
}
