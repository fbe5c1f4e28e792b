import { leadingSingularVectors } from '../linear-algebra/svd';
import { seededRandom } from '../rows/seeded-random';
import type { PackedRows } from './packed-rows';
import { scaleToUnitLength } from './sweep';

/** Below this, over the largest possible, a singular vector's number counts as zero. */
const NOTHING = 1e-6;

/** Components from chance alone: k × d, its rows of unit length. */
export function randomStart(k: number, d: number, seed: number): Float64Array {
  return scaleToUnitLength(Float64Array.from({ length: k * d }, seededRandom(seed)), k);
}

/**
 * Components from the singular vectors' positive or negative parts, whichever is stronger, zeros filled with the
 * mean of all numbers (NNDSVD-A): k × d, its rows of unit length.
 *
 * Source: Boutsidis and Gallopoulos, SVD based initialization: a head start for nonnegative matrix factorization,
 * Pattern Recognition 41, 2008.
 */
export async function singularStart(rows: PackedRows, k: number, seed: number): Promise<Float64Array> {
  const d = rows.featureCount;
  const vectors = await leadingSingularVectors(
    randomStart(k, d, seed),
    k,
    async (v) => (await projectRows(rows, v, k)).products,
  );
  const { positive, negative } = await projectRows(rows, vectors, k);
  const mean = rows.totals.featureSums.reduce((sum, v) => sum + v, 0) / (rows.rowCount * d);

  const components = new Float64Array(k * d);
  for (let s = 0; s < k; s++) {
    const vector = vectors.subarray(s * d, (s + 1) * d);
    const { part, strength } = strongerPart(vector, positive[s] as number, negative[s] as number);
    const scale = Math.sqrt(strength) / (lengthOf(part) || 1);
    for (let c = 0; c < d; c++) {
      const value = part[c] as number;
      components[s * d + c] = value > NOTHING ? value * scale : mean;
    }
  }
  return scaleToUnitLength(components, k);
}

/**
 * A singular vector's positive or negative part, whichever has the larger product of lengths with the same part of
 * the left singular vector.
 *
 * @param positive the squared length of the left vector's positive part, the singular value multiplied in.
 * @param negative the same of its negative part.
 */
function strongerPart(vector: Float64Array, positive: number, negative: number) {
  const plus = vector.map((v) => Math.max(0, v));
  const minus = vector.map((v) => Math.max(0, -v));
  const plusStrength = lengthOf(plus) * Math.sqrt(positive);
  const minusStrength = lengthOf(minus) * Math.sqrt(negative);
  return plusStrength >= minusStrength
    ? { part: plus, strength: plusStrength }
    : { part: minus, strength: minusStrength };
}

interface Projection {
  /** V(XᵀX), k × d. */
  readonly products: Float64Array;
  /** k: by vector v the sum over the rows of max(0, x·v)². */
  readonly positive: Float64Array;
  /** k: the same for −v. */
  readonly negative: Float64Array;
}

/** @param vectors V, k × d. */
async function projectRows(rows: PackedRows, vectors: Float64Array, k: number): Promise<Projection> {
  const table = rows.patterns.expand(vectors, k);
  const sums = new Float64Array(table.length);
  const positive = new Float64Array(k);
  const negative = new Float64Array(k);
  const b = new Float64Array(k);
  for await (const { ends, patterns, values } of rows.chunks()) {
    let start = 0;
    for (const end of ends) {
      b.fill(0);
      for (let at = start; at < end; at++) {
        const from = (patterns[at] as number) * k;
        const value = values === null ? 1 : (values[at] as number);
        for (let s = 0; s < k; s++) b[s] = (b[s] as number) + value * (table[from + s] as number);
      }
      for (let at = start; at < end; at++) {
        const to = (patterns[at] as number) * k;
        const value = values === null ? 1 : (values[at] as number);
        for (let s = 0; s < k; s++) sums[to + s] = (sums[to + s] as number) + value * (b[s] as number);
      }
      for (let s = 0; s < k; s++) {
        const projected = b[s] as number;
        const signed = projected > 0 ? positive : negative;
        signed[s] = (signed[s] as number) + projected * projected;
      }
      start = end;
    }
  }
  return { products: rows.patterns.contract(sums, k), positive, negative };
}

function lengthOf(vector: Float64Array): number {
  return Math.sqrt(vector.reduce((sum, v) => sum + v * v, 0));
}
