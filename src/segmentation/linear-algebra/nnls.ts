import { solveInPlace } from './cholesky';

/** Segments are bits of a signed 32-bit number. */
export const MOST_UNKNOWNS = 30;

/** Added to G's diagonal: it makes the solution unique when components are copies of each other. */
const RIDGE = 1e-10;
/** What a value may be below zero by rounding alone, over the largest target. */
const ROUNDING = 1e-12;
/** With more unknowns the sets are too many for their matrices to be kept: each is solved as it comes. */
const MOST_TABULATED = 12;
/** Exchanges of all wrong unknowns that bring no progress, before they are exchanged one at a time. */
const PATIENCE = 3;
/** Far beyond any that was ever needed: only rounding can make the exchange go round in circles. */
const MOST_EXCHANGES = 200;

/**
 * Exact non-negative least squares of few unknowns for very many right-hand sides: min ½wGwᵀ − w·b over w ≥ 0, in
 * float64. With G = HHᵀ and b = Hx that is min‖x − wH‖₂.
 *
 * The right set of positive unknowns is guessed, and those that are wrong are exchanged until none is. For a set,
 * everything is linear in b: up to 12 unknowns its matrix is computed when the set is first met, and kept. So a right
 * guess costs k² multiplications.
 *
 * Source: Kim and Park, Fast nonnegative matrix factorization: an active-set-like method and comparisons, SIAM
 * Journal on Scientific Computing 33, 2011 (block principal pivoting).
 */
export class NnlsSolver {
  /** b, k numbers: write it, then solve. */
  readonly target: Float64Array;
  /** w, k numbers: as solved last. */
  readonly solution: Float64Array;
  readonly #gram: Float64Array;
  /** By set: whether its matrix is there. */
  readonly #isKept: Uint8Array;
  /** By set: k × k. */
  readonly #matrices: Float64Array;
  readonly #members: Int32Array;
  readonly #factor: Float64Array;
  readonly #values: Float64Array;

  /** @param k unknowns, 1 to 30. */
  constructor(private readonly k: number) {
    const sets = k <= MOST_TABULATED ? 2 ** k : 0;
    this.target = new Float64Array(k);
    this.solution = new Float64Array(k);
    this.#gram = new Float64Array(k * k);
    this.#isKept = new Uint8Array(sets);
    this.#matrices = new Float64Array(sets * k * k);
    this.#members = new Int32Array(k);
    this.#factor = new Float64Array(k * k);
    this.#values = new Float64Array(k);
  }

  /** @param gram G, k × k, symmetric and positive semidefinite, with ones on its diagonal. */
  setGram(gram: Float64Array): void {
    this.#gram.set(gram);
    for (let i = 0; i < this.k; i++) this.#gram[i * this.k + i] = 1 + RIDGE;
    this.#isKept.fill(0);
  }

  /**
   * Solves for `target` into `solution`.
   *
   * @param guess the set of positive unknowns, as bits: where the search begins.
   * @returns the set found, a good guess for similar problems.
   */
  solve(guess: number): number {
    const { k, target: b, solution: w } = this;
    let largest = 0;
    for (let i = 0; i < k; i++) if ((b[i] as number) > largest) largest = b[i] as number;
    const least = -ROUNDING * largest;

    let set = guess;
    let fewestWrong = k + 1;
    let patience = PATIENCE;
    for (let exchanges = 0; exchanges < MOST_EXCHANGES; exchanges++) {
      const wrong = k <= MOST_TABULATED ? this.#multiply(set, least) : this.#eliminate(set, least);
      if (wrong === 0) break;
      const count = bitCount(wrong);
      if (count < fewestWrong) {
        fewestWrong = count;
        patience = PATIENCE;
        set ^= wrong;
      } else if (patience > 0) {
        patience--;
        set ^= wrong;
      } else {
        set ^= 1 << (31 - Math.clz32(wrong));
      }
    }
    for (let i = 0; i < k; i++) if (((set >> i) & 1) === 0 || (w[i] as number) < 0) w[i] = 0;
    return set;
  }

  /** The unknowns in the set, and the slopes of those outside, into `solution`. @returns those that are negative. */
  #multiply(set: number, least: number): number {
    const { k, target: b, solution } = this;
    const matrices = this.#matrices;
    let at = set * k * k;
    if (this.#isKept[set] === 0) {
      this.#isKept[set] = 1;
      this.#pivot(set, matrices.subarray(at, at + k * k));
    }
    let wrong = 0;
    for (let i = 0; i < k; i++) {
      let value = 0;
      for (let j = 0; j < k; j++) value += (matrices[at++] as number) * (b[j] as number);
      solution[i] = value;
      if (value < least) wrong |= 1 << i;
    }
    return wrong;
  }

  /** The same, for this target alone: with many unknowns most sets are met once. */
  #eliminate(set: number, least: number): number {
    const { k, target: b, solution } = this;
    const gram = this.#gram;
    const members = this.#members;
    const values = this.#values;
    let n = 0;
    for (let i = 0; i < k; i++) if ((set >> i) & 1) members[n++] = i;
    for (let i = 0; i < n; i++) {
      const member = members[i] as number;
      values[i] = b[member] as number;
      for (let j = 0; j <= i; j++) {
        this.#factor[i * n + j] = gram[member * k + (members[j] as number)] as number;
      }
    }
    solveInPlace(this.#factor, values, n);
    for (let i = 0; i < k; i++) {
      let slope = -(b[i] as number);
      for (let j = 0; j < n; j++)
        slope += (gram[i * k + (members[j] as number)] as number) * (values[j] as number);
      solution[i] = slope;
    }
    for (let j = 0; j < n; j++) solution[members[j] as number] = values[j] as number;
    let wrong = 0;
    for (let i = 0; i < k; i++) if ((solution[i] as number) < least) wrong |= 1 << i;
    return wrong;
  }

  /**
   * Principal pivoting of [G | I] on the set: what then stands in place of I gives, times b, the unknowns in the set
   * and the negative slopes outside of it. Both kinds fit in one k × k matrix that is worked on in place.
   */
  #pivot(set: number, m: Float64Array): void {
    const { k } = this;
    m.set(this.#gram);
    for (let p = 0; p < k; p++) {
      if (((set >> p) & 1) === 0) continue;
      const inverse = 1 / (m[p * k + p] as number);
      for (let j = 0; j < k; j++) m[p * k + j] = j === p ? inverse : (m[p * k + j] as number) * inverse;
      for (let i = 0; i < k; i++) {
        if (i === p) continue;
        const factor = m[i * k + p] as number;
        for (let j = 0; j < k; j++) {
          const change = factor * (m[p * k + j] as number);
          m[i * k + j] = j === p ? -change : (m[i * k + j] as number) - change;
        }
      }
    }
    // A column outside the set still multiplies an unknown that is zero; b enters there as it is.
    for (let i = 0; i < k; i++) {
      const inside = (set >> i) & 1;
      for (let j = 0; j < k; j++) {
        if ((set >> j) & 1) m[i * k + j] = inside ? (m[i * k + j] as number) : -(m[i * k + j] as number);
        else m[i * k + j] = i === j ? -1 : 0;
      }
    }
  }
}

function bitCount(bits: number): number {
  let rest = bits;
  let count = 0;
  for (; rest !== 0; rest &= rest - 1) count++;
  return count;
}
