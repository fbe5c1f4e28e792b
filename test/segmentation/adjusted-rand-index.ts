/**
 * How well two clusterings of the same things agree: 1 when they are the same but for names, about 0 by chance.
 *
 * Source: Hubert, Arabie, Comparing Partitions, Journal of Classification, 1985.
 */
export function adjustedRandIndex(a: readonly number[], b: readonly number[]): number {
  const together = pairsIn(a.map((cluster, i) => `${cluster} ${b[i]}`));
  const inA = pairsIn(a);
  const inB = pairsIn(b);
  const byChance = (inA * inB) / ((a.length * (a.length - 1)) / 2);
  const most = (inA + inB) / 2;
  return most === byChance ? 1 : (together - byChance) / (most - byChance);
}

function pairsIn(clusters: readonly (number | string)[]): number {
  const sizes = new Map<number | string, number>();
  for (const cluster of clusters) sizes.set(cluster, (sizes.get(cluster) ?? 0) + 1);
  return [...sizes.values()].reduce((sum, size) => sum + (size * (size - 1)) / 2, 0);
}
