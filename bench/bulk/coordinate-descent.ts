/** Change of a weight, over the largest one, below which a row is solved: float32 shows no less. */
const TOLERANCE = 1e-7;
const MOST_SWEEPS = 1_000;

/**
 * min‖x − wH‖₂ over w ≥ 0, row by row, by coordinate descent: what scikit-learn's NMF does in
 * `transform`. Every weight in turn takes its best value while the others stay.
 *
 * @param components H, k × d.
 * @returns from rows (n × d) to affinities (n × k).
 */
export function nonNegativeLeastSquares(components: readonly (readonly number[])[]) {
  const k = components.length;
  const d = components[0]?.length ?? 0;
  const h = Float64Array.from(components.flat());
  const gram = Float64Array.from({ length: k * k }, (_, i) =>
    dot(h, Math.floor(i / k) * d, h, (i % k) * d, d),
  );
  const target = new Float64Array(k);

  return (rows: Float32Array): Float32Array => {
    const affinities = new Float32Array((rows.length / d) * k);
    for (let row = 0; row * d < rows.length; row++) {
      for (let s = 0; s < k; s++) target[s] = dot(h, s * d, rows, row * d, d);
      const weights = affinities.subarray(row * k, (row + 1) * k);
      for (let sweeps = 0; sweeps < MOST_SWEEPS && sweep(weights) > TOLERANCE; sweeps++);
    }
    return affinities;
  };

  /** Improves every weight once. @returns the largest change, over the largest weight. */
  function sweep(weights: Float32Array): number {
    let change = 0;
    let largest = Number.MIN_VALUE;
    for (let s = 0; s < k; s++) {
      const old = weights[s] as number;
      const slope = (target[s] as number) - dot(gram, s * k, weights, 0, k);
      const best = Math.fround(Math.max(0, old + slope / (gram[s * k + s] as number)));
      weights[s] = best;
      change = Math.max(change, Math.abs(best - old));
      largest = Math.max(largest, best);
    }
    return change / largest;
  }
}

type Numbers = Float32Array | Float64Array;

function dot(a: Numbers, aStart: number, b: Numbers, bStart: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += (a[aStart + i] as number) * (b[bStart + i] as number);
  return sum;
}
