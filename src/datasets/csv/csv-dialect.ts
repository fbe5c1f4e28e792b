import { ClientError } from '../../errors';
import { hasHeader } from './csv-header';
import { isBasket } from './is-basket';
import { CELL_KIND, cellKind } from './read-csv-cell';
import { refusal } from './read-csv-refusals';
import { type CsvGrammar, CsvRows, MOST_CHUNK_BYTES, MOST_ROW_BYTES } from './read-csv-rows';
import { cellsOf } from './read-csv-text';

/** What is looked at: enough that a row too long to be one shows. */
export const SAMPLE_BYTES = MOST_ROW_BYTES + MOST_CHUNK_BYTES;
const SAMPLE_ROWS = 1000;
const SAMPLE_STEP = 1 << 14;
const BACKSLASH = 0x5c;

const DELIMITERS = [',', ';', '\t', '|'] as const;

/** How a file is written, as its beginning shows. Rows further on that are not so are errors. */
export interface CsvDialect {
  readonly grammar: CsvGrammar;
  /** A ragged list of items per line, without header. */
  readonly basket: boolean;
  /** The first row as it stands, where that is the header. */
  readonly header: readonly string[] | null;
  /** Cells of the first row. */
  readonly width: number;
  /** Excel's own first line, "sep=;", is no row. */
  readonly skippedBytes: number;
}

interface Reading {
  readonly grammar: CsvGrammar;
  readonly rows: readonly (readonly string[])[];
  /** Of all rows; null when they differ. */
  readonly width: number | null;
}

interface Failure {
  readonly grammar: CsvGrammar;
  readonly error: ClientError;
}

/**
 * @param sample the beginning of the text, in UTF-8; of a longer file SAMPLE_BYTES of it.
 * @param isWhole whether this is all of it.
 * @throws ClientError BAD_USER_INPUT when it cannot be read as CSV whatever the delimiter.
 */
export function findDialect(sample: Uint8Array, isWhole: boolean): CsvDialect {
  const declared = /^sep=([,;\t|])\r?\n/i.exec(Buffer.from(sample.subarray(0, 8)).toString('latin1'));
  const skippedBytes = declared?.[0].length ?? 0;
  const text = sample.subarray(skippedBytes);
  const delimiters = declared?.[1] === undefined ? DELIMITERS : [declared[1]];
  const reading = chooseReading(text, isWhole, delimiters, skippedBytes > 0 ? 2 : 1);

  const [first] = reading.rows;
  if (first === undefined) throw refusal('The file is empty: it needs a header and rows.');
  const basket = reading.width === null && isBasket(reading.rows);
  const header = !basket && hasHeader(reading.rows) ? first : null;
  return { grammar: reading.grammar, basket, header, width: first.length, skippedBytes };
}

function chooseReading(
  text: Uint8Array,
  isWhole: boolean,
  delimiters: readonly string[],
  firstLine: number,
): Reading {
  // A backslash before a quote is ordinary text at the end of a quoted path: so RFC 4180 comes first.
  const escapes: readonly CsvGrammar['escape'][] = text.includes(BACKSLASH) ? ['"', '\\'] : ['"'];
  const attempts = escapes.flatMap((before) =>
    delimiters.map((delimiter) => attempt(text, isWhole, { delimiter, escape: before }, firstLine)),
  );
  const readings = attempts.filter((one) => 'rows' in one);
  const isTable = ({ width }: Reading) => width !== null && width > 1;
  const first = readings.find(isTable);
  if (first) {
    const rivals = readings.filter((one) => isTable(one) && one.grammar.escape === first.grammar.escape);
    return rivals.length > 1 ? maxBy(rivals, shareOfNumbers) : first;
  }

  const basket = readings.find(({ width, rows }) => width === null && isBasket(rows));
  if (basket) return basket;

  // No delimiter fits. The one that is meant splits most rows alike, or the first line at least.
  const line = firstLineOf(text);
  const isMeant = ({ grammar }: { grammar: CsvGrammar }) => line.includes(grammar.delimiter);
  const usual = readings.find((reading) => shareOfUsualWidth(reading) > 0.5);
  const failures = attempts.filter((one) => 'error' in one);
  const failure = failures.find(isMeant);
  if (failure && !usual) throw failure.error;
  const meant = usual ?? readings.find(isMeant) ?? readings.find(({ width }) => width === 1) ?? readings[0];
  if (meant) return meant;
  throw (failures[0] as Failure).error;
}

function firstLineOf(text: Uint8Array): string {
  return /^[^\r\n]*/.exec(Buffer.from(text.subarray(0, SAMPLE_STEP)).toString())?.[0] ?? '';
}

function attempt(
  text: Uint8Array,
  isWhole: boolean,
  grammar: CsvGrammar,
  firstLine: number,
): Reading | Failure {
  try {
    const rows = readRows(text, isWhole, grammar, firstLine);
    const width = rows[0]?.length ?? 0;
    return { grammar, rows, width: rows.every((row) => row.length === width) ? width : null };
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    return { grammar, error };
  }
}

function readRows(text: Uint8Array, isWhole: boolean, grammar: CsvGrammar, firstLine: number): string[][] {
  const rules = { width: null, header: false, basket: false, maxRows: Number.POSITIVE_INFINITY, firstLine };
  const reader = new CsvRows(grammar, rules);
  const rows: string[][] = [];
  for (let at = 0; at < text.length && rows.length < SAMPLE_ROWS; at += SAMPLE_STEP) {
    rows.push(...cellsOf(reader.push(text.subarray(at, at + SAMPLE_STEP))));
  }
  if (isWhole && rows.length < SAMPLE_ROWS) rows.push(...cellsOf(reader.end()));
  return rows;
}

/** "1,5;2,5" can be read with both; the right way leaves more numbers. */
function shareOfNumbers({ grammar, rows }: Reading): number {
  const numbers =
    CELL_KIND.INTEGER | CELL_KIND.POINT | (grammar.delimiter === ';' ? CELL_KIND.COMMA : CELL_KIND.INTEGER);
  const cells = rows.flat().map((cell) => Buffer.from(cell));
  return cells.filter((cell) => cellKind(cell, 0, cell.length) & numbers).length / cells.length;
}

/** The share of rows that have the most frequent number of cells, where that is more than one. */
function shareOfUsualWidth({ rows }: Reading): number {
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(row.length, (counts.get(row.length) ?? 0) + 1);
  const [[width, count] = [0, 0]] = [...counts].sort(([, a], [, b]) => b - a);
  return width > 1 ? count / rows.length : 0;
}

/** The first one with the greatest value. */
function maxBy<T>(all: readonly T[], value: (one: T) => number): T {
  return all
    .map((one) => ({ one, value: value(one) }))
    .reduce((best, next) => (next.value > best.value ? next : best)).one;
}
