import { ClientError } from '../../errors';
import { LARGEST_FEATURE } from '../rows/feature-row';
import { GROUP, type Patterns } from './patterns';

/** Some rows in compact form. Row i is the sum of the entries from `ends[i − 1]` up to `ends[i]`. */
export interface RowChunk {
  readonly ends: Uint32Array;
  /** By entry: the pattern's number. */
  readonly patterns: Uint16Array | Uint32Array;
  /** By entry: what the pattern is multiplied by. Null: all of them by one. */
  readonly values: Float32Array | null;
  /** By row: the segments with affinity that were last found for it, as bits; a first guess for the next time. */
  readonly guesses: Int32Array;
}

/** What one reading of all rows tells. */
export interface RowTotals {
  /** ‖X‖², Frobenius. */
  readonly squares: number;
  /** d: by feature the sum over all rows. */
  readonly featureSums: Float64Array;
  /** Rows that are not all zero. */
  readonly positiveRows: number;
  /** Patterns in all rows. */
  readonly entries: number;
}

/** What is computed without a break: some milliseconds, and little enough memory. */
const MOST_ROWS = 4096;
const MOST_ENTRIES = 2 ** 20;

/** Brings rows into their compact form, chunk by chunk. */
export class RowPacker {
  rowCount = 0;
  #positiveRows = 0;
  #entriesTaken = 0;
  #squares = 0;
  readonly #featureSums: Float64Array;

  readonly #rowsPerChunk: number;
  readonly #ends: Uint32Array;
  readonly #patterns: Uint16Array | Uint32Array;
  readonly #values: Float32Array;
  #rows = 0;
  #entries = 0;
  #onlyOnes = true;

  constructor(
    private readonly patterns: Patterns,
    private readonly featureCount: number,
  ) {
    this.#rowsPerChunk = Math.max(1, Math.min(MOST_ROWS, Math.floor(MOST_ENTRIES / featureCount)));
    this.#ends = new Uint32Array(this.#rowsPerChunk);
    // Eight columns have 255 patterns: with at most 2,048 columns all patterns have 16-bit numbers.
    const Numbers = featureCount <= 2048 ? Uint16Array : Uint32Array;
    this.#patterns = new Numbers(this.#rowsPerChunk * featureCount);
    this.#values = new Float32Array(this.#rowsPerChunk * featureCount);
    this.#featureSums = new Float64Array(featureCount);
  }

  get isEmpty(): boolean {
    return this.#rows === 0;
  }

  get isFull(): boolean {
    return this.#rows === this.#rowsPerChunk;
  }

  /**
   * @param batch rows after rows, row-major; the row begins at `start`.
   * @throws ClientError BAD_USER_INPUT for a number that is negative, not finite or too large.
   */
  add(batch: Float32Array, start: number): void {
    const d = this.featureCount;
    const first = this.#entries;
    for (let group = 0; group * GROUP < d; group++) {
      const end = Math.min(d, (group + 1) * GROUP);
      let bits = 0;
      for (let column = group * GROUP; column < end; column++) {
        const value = batch[start + column] as number;
        if (value === 0) continue;
        if (!(value > 0 && value <= LARGEST_FEATURE)) this.#refuse(column, value);
        this.#squares += value * value;
        this.#featureSums[column] = (this.#featureSums[column] as number) + value;
        const bit = 1 << (column - group * GROUP);
        if (value === 1) bits |= bit;
        else this.#push(this.patterns.numberOf(group, bit), value);
      }
      if (bits !== 0) this.#push(this.patterns.numberOf(group, bits), 1);
    }
    this.#endRow(first);
  }

  /** Adds a row that was packed with the same patterns: the entries from start up to end. */
  copy(chunk: RowChunk, start: number, end: number): void {
    const first = this.#entries;
    for (let at = start; at < end; at++) {
      const pattern = chunk.patterns[at] as number;
      const value = chunk.values === null ? 1 : (chunk.values[at] as number);
      this.patterns.forEachColumn(pattern, (column) => {
        this.#squares += value * value;
        this.#featureSums[column] = (this.#featureSums[column] as number) + value;
      });
      this.#push(pattern, value);
    }
    this.#endRow(first);
  }

  /** Of all rows that were taken. */
  totals(): RowTotals {
    return {
      squares: this.#squares,
      featureSums: this.#featureSums,
      positiveRows: this.#positiveRows,
      entries: this.#entriesTaken,
    };
  }

  /** @returns the rows since the last time. */
  take(): RowChunk {
    const rows = this.#rows;
    const entries = this.#entries;
    const chunk = {
      ends: this.#ends.slice(0, rows),
      patterns: this.#patterns.slice(0, entries),
      values: this.#onlyOnes ? null : this.#values.slice(0, entries),
      guesses: new Int32Array(rows),
    };
    this.#entriesTaken += entries;
    this.#rows = 0;
    this.#entries = 0;
    this.#onlyOnes = true;
    return chunk;
  }

  #push(pattern: number, value: number): void {
    if (value !== 1) this.#onlyOnes = false;
    this.#patterns[this.#entries] = pattern;
    this.#values[this.#entries++] = value;
  }

  #endRow(first: number): void {
    if (this.#entries > first) this.#positiveRows++;
    this.#ends[this.#rows++] = this.#entries;
    this.rowCount++;
  }

  #refuse(column: number, value: number): never {
    throw new ClientError(
      'BAD_USER_INPUT',
      `Feature ${column} of row ${this.rowCount} is ${value}: features must be from 0 to ${LARGEST_FEATURE}`,
    );
  }
}
