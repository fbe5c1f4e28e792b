import { CELL_KIND, cellKind } from './read-csv-cell';
import {
  type CsvPlace,
  endlessRow,
  notText,
  raggedRow,
  textAfterQuote,
  tooManyRows,
  unclosedQuote,
} from './read-csv-refusals';

/** Bytes of one row at most, its line ends included: what never ends is found out in bounded memory. */
export const MOST_ROW_BYTES = 1 << 20;
/** Bytes at most that `push` takes at a time. */
export const MOST_CHUNK_BYTES = 1 << 18;

/** How the rows come out: cells end with CELL_END, rows with LF, nothing is quoted. */
export const CELL_END = 0x1f;
/** Between the items of a basket, which are one cell. */
export const ITEM_END = 0x1e;
/** Before the letter that stands for a byte that would be mistaken (`ESCAPES`). */
export const ESCAPE = 0x1d;
export const ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x0a, 'n'],
  [0x0d, 'r'],
  [CELL_END, 'c'],
  [ITEM_END, 'i'],
  [ESCAPE, 'e'],
]);

export interface CsvGrammar {
  readonly delimiter: string;
  /** What goes before a quote inside of quotes. */
  readonly escape: '"' | '\\';
}

export interface RowRules {
  /** Cells of every row; null: any number. */
  readonly width: number | null;
  /** The first row is the header: checked, but not given out. */
  readonly header: boolean;
  /** The cells of a row are the items of a basket. */
  readonly basket: boolean;
  readonly maxRows: number;
  /** The number of the first line, for messages. */
  readonly firstLine: number;
}

const [NUL, LF, CR, SPACE, QUOTE, BACKSLASH, ZERO, NINE] = [0x00, 0x0a, 0x0d, 0x20, 0x22, 0x5c, 0x30, 0x39];
const [START, PLAIN, QUOTED, AFTER_QUOTE, AFTER_BACKSLASH] = [0, 1, 2, 3, 4] as const;

/**
 * Reads CSV as it arrives, in UTF-8, and writes its rows in a form that leaves nothing to be guessed, so that whoever
 * reads them next (DuckDB) sees exactly the same cells. It checks every row, and tells which kinds of cells each column has.
 *
 * The grammar is RFC 4180's, with these liberties: lines end with LF, CRLF or CR; empty lines are no rows; a quote
 * inside of an unquoted cell is an ordinary character; blanks around a quoted cell are dropped.
 */
export class CsvRows {
  readonly #delimiter: number;
  readonly #rules: RowRules;
  /** Where the copying of a cell has to stop and think: outside and inside of quotes. */
  readonly #stopsPlain = new Uint8Array(256);
  readonly #stopsQuoted = new Uint8Array(256);
  readonly #letters = new Uint8Array(256);
  /** Whole rows up to #rowStart, then the row in work. */
  readonly #out = new Uint8Array(MOST_ROW_BYTES + 2 * MOST_CHUNK_BYTES + 16);
  readonly #kinds: Uint8Array;
  readonly #escaped: Uint8Array;

  #state: number = START;
  #length = 0;
  #rowStart = 0;
  #cellStart = 0;
  #cell = 0;
  #rows = 0;
  #headerDue: boolean;
  #line: number;
  #rowLine: number;
  #quoteLine = 0;
  /** A line ended with CR: an LF that follows belongs to it. */
  #afterCr = false;
  /** #length after a CR inside of quotes, for the same reason. */
  #afterQuotedCr = -1;

  constructor(grammar: CsvGrammar, rules: RowRules) {
    this.#delimiter = grammar.delimiter.charCodeAt(0);
    this.#rules = rules;
    this.#headerDue = rules.header;
    this.#line = rules.firstLine;
    this.#rowLine = rules.firstLine;
    const columns = rules.basket ? 1 : (rules.width ?? 0);
    this.#kinds = new Uint8Array(columns);
    this.#escaped = new Uint8Array(columns);
    for (const [byte, letter] of ESCAPES) this.#letters[byte] = letter.charCodeAt(0);
    for (const byte of [NUL, ...ESCAPES.keys()]) this.#stopsPlain[byte] = this.#stopsQuoted[byte] = 1;
    this.#stopsPlain[this.#delimiter] = 1;
    this.#stopsQuoted[QUOTE] = 1;
    if (grammar.escape === '\\') this.#stopsQuoted[BACKSLASH] = 1;
  }

  /** Rows so far, without the header. */
  get rows(): number {
    return this.#rows;
  }

  /** Of every column the kinds (`CELL_KIND`) of its cells, added up. */
  get kinds(): Uint8Array {
    return this.#kinds;
  }

  /** Of every column whether a cell of it holds an ESCAPE in what comes out. */
  get escaped(): Uint8Array {
    return this.#escaped;
  }

  /**
   * @param bytes the next ones, at most MOST_CHUNK_BYTES.
   * @returns the rows that they completed; valid until the next call.
   * @throws ClientError BAD_USER_INPUT at the first row that cannot be right.
   */
  push(bytes: Uint8Array): Uint8Array {
    if (bytes.length > MOST_CHUNK_BYTES) throw new RangeError(`${bytes.length} bytes at a time`);
    this.#dropWholeRows();
    this.#read(bytes);
    if (this.#length - this.#rowStart > MOST_ROW_BYTES) throw endlessRow(this.#rowLine, MOST_ROW_BYTES);
    return this.#out.subarray(0, this.#rowStart);
  }

  /** The same for the last row, which may lack its line end. */
  end(): Uint8Array {
    this.#dropWholeRows();
    if (this.#state === QUOTED || this.#state === AFTER_BACKSLASH) {
      throw unclosedQuote({ line: this.#quoteLine, column: this.#cell + 1 });
    }
    if (this.#cell > 0 || this.#state !== START || this.#length > this.#rowStart) {
      this.#endCell();
      this.#endRow();
    }
    return this.#out.subarray(0, this.#rowStart);
  }

  #dropWholeRows(): void {
    this.#out.copyWithin(0, this.#rowStart, this.#length);
    this.#length -= this.#rowStart;
    this.#cellStart -= this.#rowStart;
    this.#afterQuotedCr -= this.#rowStart;
    this.#rowStart = 0;
  }

  // One loop over all bytes: this is most of the time that reading takes outside of DuckDB.
  #read(bytes: Uint8Array): void {
    const out = this.#out;
    const delimiter = this.#delimiter;
    const stopsPlain = this.#stopsPlain;
    const stopsQuoted = this.#stopsQuoted;
    const end = bytes.length;
    let at = 0;
    while (at < end) {
      const byte = bytes[at] as number;
      switch (this.#state) {
        case START:
          if (this.#afterCr) {
            this.#afterCr = false;
            if (byte === LF) {
              at++;
              break;
            }
          }
          if (byte === QUOTE) {
            this.#length = this.#cellStart;
            this.#quoteLine = this.#line;
            this.#state = QUOTED;
            at++;
          } else if (byte === SPACE) {
            out[this.#length++] = byte;
            at++;
          } else {
            this.#state = PLAIN;
          }
          break;
        case PLAIN: {
          let length = this.#length;
          let next = byte;
          while (stopsPlain[next] === 0) {
            out[length++] = next;
            if (++at === end) break;
            next = bytes[at] as number;
          }
          this.#length = length;
          if (at === end) break;
          at++;
          if (next === delimiter) {
            this.#endCell();
            this.#state = START;
          } else if (next === LF || next === CR) this.#endLine(next);
          else this.#escape(next);
          break;
        }
        case QUOTED: {
          let length = this.#length;
          let next = byte;
          while (stopsQuoted[next] === 0) {
            out[length++] = next;
            if (++at === end) break;
            next = bytes[at] as number;
          }
          this.#length = length;
          if (at === end) break;
          at++;
          if (next === QUOTE) this.#state = AFTER_QUOTE;
          else if (next === BACKSLASH) this.#state = AFTER_BACKSLASH;
          else {
            this.#countLine(next);
            this.#escape(next);
          }
          break;
        }
        case AFTER_QUOTE:
          at++;
          if (byte === QUOTE) {
            out[this.#length++] = byte;
            this.#state = QUOTED;
          } else if (byte === delimiter) {
            this.#endCell();
            this.#state = START;
          } else if (byte === LF || byte === CR) this.#endLine(byte);
          else if (byte !== SPACE) throw textAfterQuote(this.#place);
          break;
        default:
          // After a backslash: it is part of the text unless it protects a quote or a backslash.
          if (byte === QUOTE || byte === BACKSLASH) {
            out[this.#length++] = byte;
            at++;
          } else {
            out[this.#length++] = BACKSLASH;
          }
          this.#state = QUOTED;
      }
    }
  }

  #endCell(): void {
    const end = this.#length;
    const start = this.#cellStart;
    const cell = this.#cell++;
    const isEmpty = end === start;
    if (this.#rules.basket) {
      if (!isEmpty) this.#out[this.#length++] = ITEM_END;
    } else {
      if (!isEmpty && cell < this.#kinds.length) this.#noteKind(cell, start, end);
      this.#out[this.#length++] = CELL_END;
    }
    this.#cellStart = this.#length;
  }

  #noteKind(cell: number, start: number, end: number): void {
    const kinds = this.#kinds[cell] as number;
    // Nothing more can be learnt of a column that has text in it.
    if (kinds >= CELL_KIND.TEXT) return;
    const first = this.#out[start] as number;
    const isDigit = end - start === 1 && first >= ZERO && first <= NINE;
    this.#kinds[cell] = kinds | (isDigit ? CELL_KIND.INTEGER : cellKind(this.#out, start, end));
  }

  /** @param lineEnd LF or CR, outside of quotes. */
  #endLine(lineEnd: number): void {
    const isEmpty = this.#state === PLAIN && this.#cell === 0 && this.#length === this.#rowStart;
    if (!isEmpty) {
      this.#endCell();
      this.#endRow();
    }
    this.#afterCr = lineEnd === CR;
    this.#state = START;
    this.#rowLine = ++this.#line;
  }

  #endRow(): void {
    const { width, header, maxRows, firstLine } = this.#rules;
    if (width !== null && this.#cell !== width) {
      throw raggedRow(this.#rowLine, this.#cell, header ? 'the header' : `line ${firstLine}`, width);
    }
    if (this.#length - this.#rowStart > MOST_ROW_BYTES) throw endlessRow(this.#rowLine, MOST_ROW_BYTES);
    if (this.#headerDue) this.#forgetHeader();
    else {
      if (++this.#rows > maxRows) throw tooManyRows(maxRows);
      // The end of the last cell makes room for the end of the row; only a basket of nothing has none.
      if (this.#length > this.#rowStart) this.#length--;
      this.#out[this.#length++] = LF;
    }
    this.#rowStart = this.#cellStart = this.#length;
    this.#cell = 0;
  }

  #forgetHeader(): void {
    this.#headerDue = false;
    this.#kinds.fill(0);
    this.#escaped.fill(0);
    this.#length = this.#rowStart;
  }

  #escape(byte: number): void {
    if (byte === NUL) throw notText(this.#place);
    this.#out[this.#length++] = ESCAPE;
    this.#out[this.#length++] = this.#letters[byte] as number;
    const column = this.#rules.basket ? 0 : this.#cell;
    if (column < this.#escaped.length) this.#escaped[column] = 1;
  }

  /** Counts lines inside of quotes, where CR and LF together are one end of a line. */
  #countLine(byte: number): void {
    if (byte === CR || (byte === LF && this.#length !== this.#afterQuotedCr)) this.#line++;
    // An escape takes two bytes.
    if (byte === CR) this.#afterQuotedCr = this.#length + 2;
  }

  get #place(): CsvPlace {
    return { line: this.#line, column: this.#cell + 1 };
  }
}
