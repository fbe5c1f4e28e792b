/** A start needs directions, not digits. */
const ITERATIONS = 30;

/**
 * The leading right singular vectors of X by orthogonal iteration: multiply by XᵀX, make orthonormal, again.
 *
 * Source: Golub and Van Loan, Matrix Computations, section 8.2.4.
 *
 * @param start k rows of d: any vectors that are not orthogonal to the singular ones.
 * @param multiply gives V(XᵀX) for V, k rows of d.
 * @returns k rows of d, the largest singular value's first; rows of zeros past the rank of X.
 */
export async function leadingSingularVectors(
  start: Float64Array,
  k: number,
  multiply: (vectors: Float64Array) => Promise<Float64Array>,
): Promise<Float64Array> {
  let vectors = orthonormalized(start, k);
  for (let i = 0; i < ITERATIONS; i++) vectors = orthonormalized(await multiply(vectors), k);
  return vectors;
}

/** What is left of a vector, over its length, when it depends on those before it. */
const DEPENDENT = 1e-10;

/** Gram-Schmidt, modified and done twice, in place. A row that depends on those before it becomes zero. */
function orthonormalized(vectors: Float64Array, k: number): Float64Array {
  const d = vectors.length / k;
  const row = (i: number) => vectors.subarray(i * d, (i + 1) * d);
  for (let i = 0; i < k; i++) {
    const vector = row(i);
    const length = Math.sqrt(dot(vector, vector));
    for (let round = 0; round < 2; round++) {
      for (let j = 0; j < i; j++) {
        const other = row(j);
        const share = dot(vector, other);
        for (let c = 0; c < d; c++) vector[c] = (vector[c] as number) - share * (other[c] as number);
      }
    }
    const left = Math.sqrt(dot(vector, vector));
    const scale = left > DEPENDENT * length ? 1 / left : 0;
    for (let c = 0; c < d; c++) vector[c] = (vector[c] as number) * scale;
  }
  return vectors;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
