import { CELL_END, ESCAPE, ITEM_END } from '../csv/read-csv-rows';
import { cellsOf } from '../csv/read-csv-text';

const FLUSH_BYTES = 1 << 20;
const [ZERO, POINT, COMMA, QUOTE, CR, LF, SPACE, TAB] = [0x30, 0x2e, 0x2c, 0x22, 0x0d, 0x0a, 0x20, 0x09];
const DECIMALS = 6;
const SCALE = 10 ** DECIMALS;
/** Between them six decimals are at least four digits that count, and a number's part before the point has at most three. */
const [LEAST_FIXED, MOST_FIXED] = [0.01, 999];
/** A comma and a number of six digits, its sign, point and exponent with it. */
const LONGEST_NUMBER = 16;

/** Bytes of rows after which there is something to do; of all others a cell is as it was. */
const STOPS = new Uint8Array(256);
for (const byte of [LF, CELL_END, ITEM_END, ESCAPE, COMMA, QUOTE, CR, SPACE, TAB]) STOPS[byte] = 1;

/** Writes lines of CSV: the cells that `CsvRows` gave out, and those that scoring adds. Commas, LF, UTF-8. */
export class ScoredLines {
  /** By segment from −1, which is none: its number and its label. */
  readonly #names: readonly Buffer[];
  readonly #segmentCount: number;
  #out = Buffer.allocUnsafe(2 * FLUSH_BYTES);
  #taken = Buffer.allocUnsafe(2 * FLUSH_BYTES);
  #length = 0;

  /** @param segments in the model's order. */
  constructor(segments: readonly { readonly number: number; readonly label: string }[]) {
    this.#names = [
      Buffer.from(',,'),
      ...segments.map(({ number, label }) => Buffer.from(`,${number},${quoted(label)}`)),
    ];
    this.#segmentCount = segments.length;
  }

  /** Whether it is time to `take`. */
  get isFull(): boolean {
    return this.#length >= FLUSH_BYTES;
  }

  /** What was written since: the taker's until it takes again. New buffers each time would be half of the time in GC. */
  take(): Buffer {
    const written = this.#out;
    const length = this.#length;
    this.#out = this.#taken;
    this.#taken = written;
    this.#length = 0;
    return written.subarray(0, length);
  }

  writeHeader(names: readonly string[]): void {
    this.#writeText(`${names.map(quoted).join(',')}\n`);
  }

  /**
   * The cells of the row that begins there, without the end of the line.
   *
   * @param rows whole ones.
   * @returns where the next row begins.
   */
  writeRow(rows: Buffer, start: number): number {
    const before = this.#length;
    this.#makeRoom(FLUSH_BYTES);
    const out = this.#out;
    const most = Math.min(rows.length, start + FLUSH_BYTES);
    let length = before;
    for (let at = start; at < most; at++) {
      const byte = rows[at] as number;
      if (STOPS[byte] === 0) out[length++] = byte;
      else if (byte === CELL_END) out[length++] = COMMA;
      else if (byte === LF) {
        this.#length = length;
        return at + 1;
      } else if (byte === SPACE && isInside(rows[at - 1], rows[at + 1])) out[length++] = byte;
      else break;
    }
    const end = rows.indexOf(LF, start) + 1;
    this.#writeText(quotedRow(rows.subarray(start, end)));
    return end;
  }

  /**
   * The end of the line: number and label of the segment (both empty for none), then all the row's affinities.
   *
   * @param segment from 0; −1: none.
   * @param affinities rows × k.
   */
  writeScores(segment: number, affinities: Float32Array, row: number): void {
    const name = this.#names[segment + 1] as Buffer;
    this.#makeRoom(name.length + this.#segmentCount * LONGEST_NUMBER + 1);
    this.#length += name.copy(this.#out, this.#length);
    const start = row * this.#segmentCount;
    for (let i = start; i < start + this.#segmentCount; i++) {
      this.#out[this.#length++] = COMMA;
      this.#writeNumber(affinities[i] as number);
    }
    this.#out[this.#length++] = LF;
  }

  /** Six decimals, without the zeros at the end; six digits that count where the number is small or large. */
  #writeNumber(value: number): void {
    if (value === 0) this.#out[this.#length++] = ZERO;
    else if (value >= LEAST_FIXED && value < MOST_FIXED) this.#writeFixed(Math.round(value * SCALE));
    else this.#length += this.#out.write(String(Number(value.toPrecision(DECIMALS))), this.#length);
  }

  #writeFixed(scaled: number): void {
    const out = this.#out;
    const whole = Math.floor(scaled / SCALE);
    if (whole >= 100) out[this.#length++] = ZERO + Math.floor(whole / 100);
    if (whole >= 10) out[this.#length++] = ZERO + (Math.floor(whole / 10) % 10);
    out[this.#length++] = ZERO + (whole % 10);
    let fraction = scaled - whole * SCALE;
    if (fraction === 0) return;
    out[this.#length++] = POINT;
    for (let place = SCALE / 10; fraction > 0; place /= 10) {
      const digit = Math.floor(fraction / place);
      out[this.#length++] = ZERO + digit;
      fraction -= digit * place;
    }
  }

  #writeText(text: string): void {
    this.#makeRoom(3 * text.length);
    this.#length += this.#out.write(text, this.#length);
  }

  #makeRoom(bytes: number): void {
    if (this.#length + bytes <= this.#out.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.#length + bytes));
    this.#out.copy(larger, 0, 0, this.#length);
    this.#out = larger;
  }
}

/** A blank between two ordinary characters needs no quotes. */
function isInside(before: number | undefined, after: number | undefined): boolean {
  return before !== undefined && after !== undefined && STOPS[before] === 0 && STOPS[after] === 0;
}

/** The row's cells; the items of a basket are one cell, and a line of CSV themselves. */
function quotedRow(row: Buffer): string {
  const itemEnd = String.fromCharCode(ITEM_END);
  const [cells = []] = cellsOf(row);
  return cells
    .map((cell) => (cell.includes(itemEnd) ? cell.split(itemEnd).map(quoted).join(',') : cell))
    .map(quoted)
    .join(',');
}

function quoted(cell: string): string {
  return /[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
