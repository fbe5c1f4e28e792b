import { copheneticCorrelation } from './cophenetic';

/**
 * How stable a segmentation is: runs from different starts say of every two rows whether they belong together; how
 * often they say so is the consensus. The correlation is 1 when all runs agree about every pair, and lower the more
 * rows change company from run to run.
 *
 * Source: Brunet, Tamayo, Golub, Mesirov, Metagenes and molecular pattern discovery using matrix factorization, PNAS
 * 101, 2004.
 *
 * @param segmentsByRun by run the segment of every row, the same rows in the same order.
 * @returns the cophenetic correlation of 1 − consensus.
 */
export function consensusCorrelation(segmentsByRun: readonly ArrayLike<number>[]): number {
  const { histories, sizes } = distinctHistories(segmentsByRun);
  const n = histories.length;
  const distances = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const apart = segmentsByRun.filter((_, run) => histories[i]?.[run] !== histories[j]?.[run]).length;
      distances[i * n + j] = distances[j * n + i] = apart / segmentsByRun.length;
    }
  }
  return copheneticCorrelation(distances, sizes);
}

/** Rows that were in the same segment in every run are one: with k segments of which all runs agree, k are left. */
function distinctHistories(segmentsByRun: readonly ArrayLike<number>[]) {
  const found = new Map<string, { history: number[]; size: number }>();
  const rowCount = segmentsByRun[0]?.length ?? 0;
  for (let row = 0; row < rowCount; row++) {
    const history = segmentsByRun.map((segments) => segments[row] as number);
    const key = history.join();
    const same = found.get(key);
    if (same) same.size++;
    else found.set(key, { history, size: 1 });
  }
  const entries = [...found.values()];
  return { histories: entries.map(({ history }) => history), sizes: entries.map(({ size }) => size) };
}
