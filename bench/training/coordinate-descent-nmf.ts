import { leadingSingularVectors } from '../../src/segmentation/linear-algebra/svd';
import type { RowSource } from '../../src/segmentation/rows/row-source';

const TOLERANCE = 1e-4;
const MOST_ITERATIONS = 200;

/**
 * What scikit-learn's NMF does with its default settings, in plain JavaScript: a start from the singular vectors with
 * zeros filled by the mean (NNDSVD-A), then coordinate descent until the projected gradient is 1e-4 of the first one.
 * All rows are in memory.
 *
 * Source: Cichocki and Phan, Fast local algorithms for large scale nonnegative matrix and tensor factorizations, 2009.
 *
 * @returns ‖X − WH‖ and how many iterations it took.
 */
export async function coordinateDescentNmf(
  source: RowSource,
  k: number,
): Promise<{ reconstructionError: number; iterations: number }> {
  const { featureCount: d, rowCount: n } = source;
  const x = new Float32Array(n * d);
  let at = 0;
  for await (const batch of source.batches()) {
    x.set(batch, at);
    at += batch.length;
  }
  const { w, h } = await startFromSingularVectors(x, d, k);
  let first = 0;
  let iterations = 0;
  for (;;) {
    iterations++;
    let violation = improveRows(x, d, w, h, k);
    const { gram, products } = productsWith(x, d, w, k);
    violation += improveColumns(h, gram, products, k);
    if (iterations === 1) first = violation;
    if (violation <= TOLERANCE * first || iterations === MOST_ITERATIONS) break;
  }
  return { reconstructionError: errorOf(x, d, w, h, k), iterations };
}

/** One step of every weight of every row. h is d × k, w is n × k. @returns the sum of the projected gradients. */
function improveRows(x: Float32Array, d: number, w: Float64Array, h: Float64Array, k: number): number {
  const { gram } = productsWith(null, k, h, k);
  const target = new Float64Array(k);
  let violation = 0;
  for (let row = 0; row * d < x.length; row++) {
    target.fill(0);
    for (let i = 0; i < d; i++) {
      const value = x[row * d + i] as number;
      for (let s = 0; s < k; s++) target[s] = (target[s] as number) + value * (h[i * k + s] as number);
    }
    violation += improve(w, row * k, gram, target, 0, k);
  }
  return violation;
}

function improveColumns(h: Float64Array, gram: Float64Array, products: Float64Array, k: number): number {
  let violation = 0;
  for (let at = 0; at < h.length; at += k) violation += improve(h, at, gram, products, at, k);
  return violation;
}

/** One step of coordinate descent for k numbers of `v` from `at`. */
function improve(
  v: Float64Array,
  at: number,
  gram: Float64Array,
  target: Float64Array,
  targetAt: number,
  k: number,
): number {
  let violation = 0;
  for (let s = 0; s < k; s++) {
    let slope = -(target[targetAt + s] as number);
    for (let t = 0; t < k; t++) slope += (gram[s * k + t] as number) * (v[at + t] as number);
    const old = v[at + s] as number;
    violation += Math.abs(old === 0 ? Math.min(0, slope) : slope);
    const curvature = gram[s * k + s] as number;
    if (curvature !== 0) v[at + s] = Math.max(0, old - slope / curvature);
  }
  return violation;
}

/** WᵀW, and XᵀW as d × k when there is an X. */
function productsWith(x: Float32Array | null, d: number, w: Float32Array | Float64Array, k: number) {
  const gram = new Float64Array(k * k);
  const products = new Float64Array(d * k);
  for (let row = 0; row * k < w.length; row++) {
    for (let s = 0; s < k; s++) {
      const weight = w[row * k + s] as number;
      for (let t = 0; t < k; t++)
        gram[s * k + t] = (gram[s * k + t] as number) + weight * (w[row * k + t] as number);
    }
    if (x === null) continue;
    for (let i = 0; i < d; i++) {
      const value = x[row * d + i] as number;
      if (value === 0) continue;
      for (let s = 0; s < k; s++) {
        products[i * k + s] = (products[i * k + s] as number) + value * (w[row * k + s] as number);
      }
    }
  }
  return { gram, products };
}

/** W n × k and H d × k: the stronger one of every singular pair's positive and negative parts. */
async function startFromSingularVectors(x: Float32Array, d: number, k: number) {
  const n = x.length / d;
  const { gram } = productsWith(null, d, x, d);
  const start = Float64Array.from({ length: k * d }, (_, i) => Math.abs(Math.sin(i + 1)));
  const vectors = await leadingSingularVectors(start, k, async (v) => {
    const result = new Float64Array(k * d);
    for (let i = 0; i < k * d; i++) {
      const row = Math.floor(i / d) * d;
      let sum = 0;
      for (let j = 0; j < d; j++) sum += (v[row + j] as number) * (gram[j * d + (i % d)] as number);
      result[i] = sum;
    }
    return result;
  });
  let mean = 0;
  for (const value of x) mean += value / x.length;

  const w = new Float64Array(n * k);
  const h = new Float64Array(d * k);
  for (let s = 0; s < k; s++) {
    const right = vectors.slice(s * d, (s + 1) * d);
    const left = Float64Array.from({ length: n }, (_, row) => {
      let sum = 0;
      for (let i = 0; i < d; i++) sum += (x[row * d + i] as number) * (right[i] as number);
      return sum;
    });
    const singular = lengthOf(left);
    const parts = [1, -1].map((sign) => {
      const l = left.map((v) => Math.max(0, (sign * v) / singular));
      const r = right.map((v) => Math.max(0, sign * v));
      return { l, r, strength: lengthOf(l) * lengthOf(r) };
    });
    const { l, r, strength } = parts.sort((a, b) => b.strength - a.strength)[0] as (typeof parts)[number];
    const scale = Math.sqrt(singular * strength);
    const leftScale = scale / lengthOf(l);
    const rightScale = scale / lengthOf(r);
    for (let row = 0; row < n; row++) w[row * k + s] = (l[row] as number) * leftScale || mean;
    for (let i = 0; i < d; i++) h[i * k + s] = (r[i] as number) * rightScale || mean;
  }
  return { w, h };
}

function errorOf(x: Float32Array, d: number, w: Float64Array, h: Float64Array, k: number): number {
  let squares = 0;
  for (let at = 0; at < x.length; at++) {
    const row = Math.floor(at / d);
    const i = at % d;
    let fitted = 0;
    for (let s = 0; s < k; s++) fitted += (w[row * k + s] as number) * (h[i * k + s] as number);
    squares += ((x[at] as number) - fitted) ** 2;
  }
  return Math.sqrt(squares);
}

function lengthOf(vector: Float64Array): number {
  let squares = 0;
  for (const v of vector) squares += v * v;
  return Math.sqrt(squares);
}
