import { NnlsSolver } from '../linear-algebra/nnls';
import type { PackedRows } from './packed-rows';
import type { RowChunk } from './row-packer';

/** What the rows say about components. */
export interface Fit {
  /** ‖X − WH‖², with the best W ≥ 0 for this H; to a rounding error of about 1e-16 of ‖X‖². */
  readonly squaredError: number;
  /** k × d: the best H ≥ 0 for that W, its rows of unit length, or zero. */
  readonly better: Float64Array;
  /** k: how many rows have their largest affinity in the segment, the lowest one of a tie. */
  readonly segmentSizes: readonly number[];
}

/**
 * Alternating exact non-negative least squares, one sweep at a time, always with the same rows and k.
 *
 * In float64 and on one thread, so that the sums are always the same. A sweep of a million rows of 26 interests into
 * four segments takes 0.12 s; solving the rows alone by the model's graph in ONNX Runtime takes 0.33 s, and 0.25 s on
 * two threads (measured side by side).
 */
export class Sweeper {
  readonly #solver: NnlsSolver;

  constructor(
    private readonly rows: PackedRows,
    readonly k: number,
  ) {
    this.#solver = new NnlsSolver(k);
  }

  /**
   * Solves all rows, and then the components, exactly.
   *
   * @param components H, k × d, its rows of unit length, or zero.
   */
  async sweep(components: Float64Array): Promise<Fit> {
    const { rows, k } = this;
    const gram = gramOf(components, k);
    this.#solver.setGram(gram);
    const sums = new SweepSums(rows.patterns.expand(components, k), k);
    for await (const chunk of rows.chunks()) addChunk(chunk, sums, this.#solver);
    const squaredError = sums.finish(rows.totals.squares, gram);
    return {
      squaredError,
      better: this.#solveComponents(sums.gram, rows.patterns.contract(sums.products, k)),
      segmentSizes: Array.from(sums.sizes),
    };
  }

  /** min‖X − WH‖ over H ≥ 0, from WᵀW and WᵀX; the rows scaled to unit length. */
  #solveComponents(gram: Float64Array, products: Float64Array): Float64Array {
    const { k } = this;
    const solver = this.#solver;
    const d = this.rows.featureCount;
    const lengths = Float64Array.from({ length: k }, (_, s) => Math.sqrt(gram[s * k + s] as number) || 1);
    solver.setGram(
      gram.map((v, i) => v / ((lengths[Math.floor(i / k)] as number) * (lengths[i % k] as number))),
    );
    const components = new Float64Array(k * d);
    let guess = 0;
    for (let column = 0; column < d; column++) {
      for (let s = 0; s < k; s++) {
        solver.target[s] = (products[s * d + column] as number) / (lengths[s] as number);
      }
      guess = solver.solve(guess);
      for (let s = 0; s < k; s++) {
        components[s * d + column] = (solver.solution[s] as number) / (lengths[s] as number);
      }
    }
    return scaleToUnitLength(components, k);
  }
}

/** What a sweep adds up, row by row in their order. */
class SweepSums {
  /** The sum of w·b. */
  explained = 0;
  /** WᵀW, k × k: its lower triangle until the sweep is over. */
  readonly gram: Float64Array;
  /** By pattern the k sums of its rows' affinities. */
  readonly products: Float64Array;
  readonly sizes: Int32Array;

  /** @param table by pattern k numbers: its product with every component. */
  constructor(
    readonly table: Float64Array,
    readonly k: number,
  ) {
    this.gram = new Float64Array(k * k);
    this.products = new Float64Array(table.length);
    this.sizes = new Int32Array(k);
  }

  /** @param gram G = HHᵀ. @returns ‖X − WH‖² = ‖X‖² − 2 Σ w·b + Σ wGw, for the W that was computed. */
  finish(squares: number, componentGram: Float64Array): number {
    const { gram, k } = this;
    let fitted = 0;
    for (let s = 0; s < k; s++) {
      for (let t = 0; t < s; t++) gram[t * k + s] = gram[s * k + t] as number;
    }
    for (let i = 0; i < k * k; i++) fitted += (gram[i] as number) * (componentGram[i] as number);
    return Math.max(0, squares - 2 * this.explained + fitted);
  }
}

function addChunk(chunk: RowChunk, sums: SweepSums, solver: NnlsSolver): void {
  const { ends, patterns, values, guesses } = chunk;
  const { table, gram, products, sizes, k } = sums;
  const { target: b, solution: w } = solver;
  let explained = 0;
  let at = 0;
  for (let row = 0; row < ends.length; row++) {
    const start = at;
    const end = ends[row] as number;
    if (start === end) continue;
    b.fill(0);
    for (; at < end; at++) {
      const from = (patterns[at] as number) * k;
      const value = values === null ? 1 : (values[at] as number);
      for (let s = 0; s < k; s++) b[s] = (b[s] as number) + value * (table[from + s] as number);
    }
    const set = solver.solve(guesses[row] as number);
    guesses[row] = set;
    let strongest = 0;
    for (let s = 0; s < k; s++) {
      const weight = w[s] as number;
      explained += weight * (b[s] as number);
      if (weight > (w[strongest] as number)) strongest = s;
      for (let t = 0; t <= s; t++) gram[s * k + t] = (gram[s * k + t] as number) + weight * (w[t] as number);
    }
    if (w[strongest] === 0) continue;
    sizes[strongest] = (sizes[strongest] as number) + 1;
    for (at = start; at < end; at++) {
      const to = (patterns[at] as number) * k;
      const value = values === null ? 1 : (values[at] as number);
      for (let s = 0; s < k; s++) products[to + s] = (products[to + s] as number) + value * (w[s] as number);
    }
  }
  sums.explained += explained;
}

function gramOf(components: Float64Array, k: number): Float64Array {
  const d = components.length / k;
  return Float64Array.from({ length: k * k }, (_, i) => {
    const a = Math.floor(i / k) * d;
    const b = (i % k) * d;
    let sum = 0;
    for (let c = 0; c < d; c++) sum += (components[a + c] as number) * (components[b + c] as number);
    return sum;
  });
}

/** In place. A row of zeros stays one. */
export function scaleToUnitLength(components: Float64Array, k: number): Float64Array {
  const d = components.length / k;
  for (let s = 0; s < k; s++) {
    const row = components.subarray(s * d, (s + 1) * d);
    let squares = 0;
    for (let c = 0; c < d; c++) squares += (row[c] as number) ** 2;
    const length = Math.sqrt(squares) || 1;
    for (let c = 0; c < d; c++) row[c] = (row[c] as number) / length;
  }
  return components;
}
