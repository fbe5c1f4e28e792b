/**
 * How well a tree of clusters keeps the distances that it was made from, −1..1 and mostly near 1: the correlation of
 * the distances with the heights at which two things first are in one cluster. The tree is made by average linkage,
 * along chains of nearest neighbours: O(n²).
 *
 * A merger's height is the mean distance of the pairs that it brings together. So the heights' mean is the distances'
 * mean, their covariance with the distances is their own variance, and the correlation is the ratio of both standard
 * deviations: no pair has to be looked at again.
 *
 * Sources: Sokal, Rohlf, The Comparison of Dendrograms by Objective Methods, 1962; Murtagh, A Survey of Recent Advances
 * in Hierarchical Clustering Algorithms, 1983 (the chains).
 *
 * @param distances n × n, symmetric, row-major; overwritten.
 * @param sizes n: how many things stand at each place, at distance 0 of each other.
 * @returns 1 where all distances are the same.
 */
export function copheneticCorrelation(distances: Float64Array, sizes: readonly number[]): number {
  const moments = momentsOf(distances, sizes);
  if (moments.variance <= 0) return 1;
  let squaredHeights = 0;
  mergeByAverageLinkage(distances, sizes, (height, pairs) => {
    squaredHeights += pairs * height * height;
  });
  const variance = squaredHeights / moments.pairs - moments.mean * moments.mean;
  return Math.sqrt(Math.min(1, Math.max(0, variance / moments.variance)));
}

function momentsOf(distances: Float64Array, sizes: readonly number[]) {
  const n = sizes.length;
  const things = sizes.reduce((a, b) => a + b, 0);
  const pairs = (things * (things - 1)) / 2;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const distance = distances[i * n + j] as number;
      const weight = (sizes[i] as number) * (sizes[j] as number);
      sum += weight * distance;
      squares += weight * distance * distance;
    }
  }
  const mean = pairs > 0 ? sum / pairs : 0;
  return { pairs, mean, variance: pairs > 0 ? squares / pairs - mean * mean : 0 };
}

/** Tells each merger's height, and how many pairs of things it brings together; not in the order of the heights. */
function mergeByAverageLinkage(
  distances: Float64Array,
  startingSizes: readonly number[],
  merged: (height: number, pairs: number) => void,
): void {
  const n = startingSizes.length;
  const sizes = [...startingSizes];
  const chain: number[] = [];
  for (let left = n; left > 1; left--) {
    if (chain.length === 0) chain.push(sizes.findIndex((size) => size > 0));
    let [a, b] = followNeighbours(distances, sizes, chain);
    if (a > b) [a, b] = [b, a];
    const sizeA = sizes[a] as number;
    const sizeB = sizes[b] as number;
    merged(distances[a * n + b] as number, sizeA * sizeB);
    for (let c = 0; c < n; c++) {
      if (sizes[c] === 0 || c === a || c === b) continue;
      const distance =
        (sizeA * (distances[a * n + c] as number) + sizeB * (distances[b * n + c] as number)) /
        (sizeA + sizeB);
      distances[a * n + c] = distance;
      distances[c * n + a] = distance;
    }
    sizes[a] = sizeA + sizeB;
    sizes[b] = 0;
  }
}

/** Lengthens the chain until two are each other's nearest, and takes them off. Ties go to the one that came before. */
function followNeighbours(
  distances: Float64Array,
  sizes: readonly number[],
  chain: number[],
): [a: number, b: number] {
  const n = sizes.length;
  for (;;) {
    const last = chain[chain.length - 1] as number;
    const before = chain[chain.length - 2] ?? -1;
    let nearest = before;
    for (let c = 0; c < n; c++) {
      if (c === last || sizes[c] === 0) continue;
      if (nearest < 0 || (distances[last * n + c] as number) < (distances[last * n + nearest] as number))
        nearest = c;
    }
    if (nearest === before) {
      chain.length -= 2;
      return [last, before];
    }
    chain.push(nearest);
  }
}
