import { NearestCentroid } from './k-means/nearest-centroid';
import { NnlsSolver } from './linear-algebra/nnls';

/** How a model sees one row, of which it may know some features only. */
export interface RowFit {
  /** Fits the row that begins at `at`; what stands in its unknown features is not looked at. */
  fit(rows: Float32Array, at: number): void;
  /** The strongest segment of the row fitted last, from 0, the lowest of a tie. */
  readonly segment: number;
  /** What the model then expects of any feature, the unknown ones too. */
  expected(feature: number): number;
}

/** @param known the features that are looked at. */
export type FitRows = (components: readonly (readonly number[])[], known: readonly number[]) => RowFit;

/** By non-negative least squares: a row is the components' sum, weighted by its affinities. */
export class LeastSquaresFit implements RowFit {
  readonly #components: readonly (readonly number[])[];
  readonly #known: readonly number[];
  /** Of the components' known parts: the solver wants unit length. */
  readonly #lengths: readonly number[];
  readonly #solver: NnlsSolver;
  #guess = 0;

  constructor(components: readonly (readonly number[])[], known: readonly number[]) {
    this.#components = components;
    this.#known = known;
    const k = components.length;
    const parts = components.map((row) => known.map((f) => row[f] as number));
    this.#lengths = parts.map((part) => Math.hypot(...part) || 1);
    const units = parts.map((part, s) => part.map((value) => value / (this.#lengths[s] as number)));
    this.#solver = new NnlsSolver(k);
    this.#solver.setGram(Float64Array.from(units.flatMap((a) => units.map((b) => dot(a, b)))));
  }

  fit(rows: Float32Array, at: number): void {
    const { target } = this.#solver;
    this.#components.forEach((row, s) => {
      let sum = 0;
      for (const f of this.#known) sum += (row[f] as number) * (rows[at + f] as number);
      target[s] = sum / (this.#lengths[s] as number);
    });
    this.#guess = this.#solver.solve(this.#guess);
  }

  get segment(): number {
    let strongest = 0;
    for (let s = 1; s < this.#components.length; s++) {
      if (this.#weight(s) > this.#weight(strongest)) strongest = s;
    }
    return strongest;
  }

  expected(feature: number): number {
    let sum = 0;
    for (const [s, row] of this.#components.entries()) sum += this.#weight(s) * (row[feature] as number);
    return sum;
  }

  #weight(segment: number): number {
    return (this.#solver.solution[segment] as number) / (this.#lengths[segment] as number);
  }
}

/** By the nearest centroid: a row is that one. */
export class CentroidFit implements RowFit {
  segment = 0;
  readonly #nearest: NearestCentroid;
  readonly #part: Float32Array;

  constructor(
    private readonly centroids: readonly (readonly number[])[],
    private readonly known: readonly number[],
  ) {
    this.#nearest = new NearestCentroid(centroids.map((row) => known.map((f) => row[f] as number)));
    this.#part = new Float32Array(known.length);
  }

  fit(rows: Float32Array, at: number): void {
    this.known.forEach((feature, i) => {
      this.#part[i] = rows[at + feature] as number;
    });
    this.segment = this.#nearest.of(this.#part, 0);
  }

  expected(feature: number): number {
    return this.centroids[this.segment]?.[feature] as number;
  }
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
}
