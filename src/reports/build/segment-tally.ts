/** Counts and sums over rows, per segment. What it keeps does not depend on how many rows there are. */
export class SegmentTally {
  /** By segment, and last those without any interest: rows. */
  readonly sizes: Float64Array;
  readonly #features: Float64Array;
  readonly #numbers: Float64Array;
  readonly #numberCounts: Float64Array;
  readonly #classes: Float64Array;

  /** @param shape k segments, d features, so many columns of numbers, and classes (0: rows have none). */
  constructor(
    private readonly shape: {
      readonly segments: number;
      readonly features: number;
      readonly numbers: number;
      readonly classes: number;
    },
  ) {
    const slots = shape.segments + 1;
    this.sizes = new Float64Array(slots);
    this.#features = new Float64Array(slots * shape.features);
    this.#numbers = new Float64Array(slots * shape.numbers);
    this.#numberCounts = new Float64Array(slots * shape.numbers);
    this.#classes = new Float64Array(shape.classes * slots);
  }

  /**
   * @param segments n, from 0; −1: none.
   * @param rows n × d.
   * @param side n rows of the class's index, where there are classes, and the numbers; NaN: missing.
   */
  add(segments: Int32Array, rows: Float32Array, side: Float64Array): void {
    const { features, numbers, classes } = this.shape;
    const sideWidth = numbers + (classes > 0 ? 1 : 0);
    for (let i = 0; i < segments.length; i++) {
      const slot = this.#slotOf(segments[i] as number);
      this.sizes[slot] = (this.sizes[slot] as number) + 1;
      this.#addFeatures(slot, rows, i * features);
      this.#addSide(slot, side, i * sideWidth);
    }
  }

  /** By feature, the segment's mean; −1: of the rows without interest; null where it has no rows. */
  featureMeans(segment: number): (number | null)[] {
    const { features } = this.shape;
    const slot = this.#slotOf(segment);
    const size = this.sizes[slot] as number;
    const sums = this.#features.subarray(slot * features, (slot + 1) * features);
    return Array.from(sums, (sum) => (size > 0 ? sum / size : null));
  }

  /** By feature, the mean of all rows; 0 when there are none. */
  overallFeatureMeans(): number[] {
    const { features } = this.shape;
    const rows = this.sizes.reduce((a, b) => a + b, 0);
    return Array.from({ length: features }, (_, f) => {
      const sum = this.sizes.reduce((a, _, slot) => a + (this.#features[slot * features + f] as number), 0);
      return rows > 0 ? sum / rows : 0;
    });
  }

  /** The mean of a column of numbers in a segment; null where no row has one. */
  numberMean(column: number, segment: number): number | null {
    const at = this.#slotOf(segment) * this.shape.numbers + column;
    const count = this.#numberCounts[at] as number;
    return count > 0 ? (this.#numbers[at] as number) / count : null;
  }

  overallNumberMean(column: number): number | null {
    let sum = 0;
    let count = 0;
    for (let at = column; at < this.#numbers.length; at += this.shape.numbers) {
      sum += this.#numbers[at] as number;
      count += this.#numberCounts[at] as number;
    }
    return count > 0 ? sum / count : null;
  }

  /** By segment, and last those without any interest: the rows of a class. */
  classCounts(classIndex: number): number[] {
    const slots = this.shape.segments + 1;
    return Array.from(this.#classes.subarray(classIndex * slots, (classIndex + 1) * slots));
  }

  #slotOf(segment: number): number {
    return segment < 0 ? this.shape.segments : segment;
  }

  #addFeatures(slot: number, rows: Float32Array, start: number): void {
    const { features } = this.shape;
    const sums = this.#features;
    for (let f = 0, at = slot * features; f < features; f++, at++) {
      sums[at] = (sums[at] as number) + (rows[start + f] as number);
    }
  }

  #addSide(slot: number, side: Float64Array, start: number): void {
    const { numbers, classes, segments } = this.shape;
    let at = start;
    if (classes > 0) {
      const cell = (side[at++] as number) * (segments + 1) + slot;
      this.#classes[cell] = (this.#classes[cell] as number) + 1;
    }
    for (let column = 0; column < numbers; column++) {
      const value = side[at + column] as number;
      if (Number.isNaN(value)) continue;
      const sum = slot * numbers + column;
      this.#numbers[sum] = (this.#numbers[sum] as number) + value;
      this.#numberCounts[sum] = (this.#numberCounts[sum] as number) + 1;
    }
  }
}
