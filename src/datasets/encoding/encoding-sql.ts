import { ClientError } from '../../errors';
import type { ColumnEncoding } from '../../onnx/manifest';
import { LARGEST_FEATURE } from '../../segmentation/rows/feature-row';
import type { ColumnType } from '../table/column';
import { quoteIdentifier, quoteLiteral } from '../table/duckdb';
import type { Table } from '../table/table';

/** What is cut off around choices and categories. */
const BLANKS = quoteLiteral(' \t\n\r\u00a0');
const TRUE = ['true', 'yes', 'y', 't', '1', 'sí', 'si'];
const FALSE = ['false', 'no', 'n', 'f', '0'];

/** Around the message of an error that a statement throws about a cell. */
const REFUSAL = { start: '\u0002', end: '\u0003' };

/**
 * The statement that turns a table's rows into features: one column, FLOAT[d], a row for each, in the table's order.
 * A missing cell gives zeros, a choice that is not known nothing. A cell that cannot be encoded (a negative number,
 * "abc" for a number, 7 for a boolean) makes the statement fail: see `asClientError`.
 *
 * Training and scoring both encode by this statement. One list cast to an array is ten times as fast as array_value:
 * 1,000,000 rows of 26 features in 0.25 s instead of 2.2 s.
 */
export function encodingSql(
  table: Table,
  encoding: readonly ColumnEncoding[],
  featureKeys: readonly string[],
): string {
  const cells: string[] = [];
  const numbers = new Map<string, string[]>(featureKeys.map((key) => [key, []]));
  encoding.forEach((column, i) => {
    if (column.kind === 'IGNORE') return;
    const cell = `c${i}`;
    cells.push(`${cellSql(table, column)} AS ${cell}`);
    for (const [key, number] of numbersOf(column, cell, typeIn(table, column.column))) {
      numbers.get(key)?.push(number);
    }
  });
  const row = featureKeys.map((key) => largest(numbers.get(key) ?? []));
  return `SELECT [${row.join(', ')}]::FLOAT[${row.length}] FROM (SELECT ${cells.join(', ') || '0'} FROM ${table.from})`;
}

/** The statement of the different choices of a column, at most so many. */
export function choicesSql(
  table: Table,
  column: ColumnEncoding & { readonly kind: 'CATEGORY' | 'MULTI_CHOICE' | 'BASKET' },
  limit: number,
): string {
  const cell = cellSql(table, column);
  const choice = column.kind === 'CATEGORY' ? cell : `unnest(${cell})`;
  return `SELECT DISTINCT choice FROM (SELECT ${choice} AS choice FROM ${table.from}) WHERE choice <> '' LIMIT ${limit}`;
}

/** The ClientError BAD_USER_INPUT that a statement's failure stands for; the failure itself when it is none. */
export function asClientError(error: unknown): unknown {
  const text = String((error as Error).message);
  const start = text.indexOf(REFUSAL.start);
  const end = text.indexOf(REFUSAL.end, start);
  return start < 0 || end < 0 ? error : new ClientError('BAD_USER_INPUT', text.slice(start + 1, end));
}

/** A cell as its kind needs it: a list of trimmed texts, a trimmed text, or as it is. NULL: missing. */
function cellSql(table: Table, encoding: ColumnEncoding): string {
  const cell = quoteIdentifier(encoding.column);
  switch (encoding.kind) {
    case 'MULTI_CHOICE':
    case 'BASKET': {
      const isList = typeIn(table, encoding.column) === 'ITEMS';
      const items = isList ? cell : `string_split(${cell}::VARCHAR, ${quoteLiteral(encoding.separator)})`;
      return `list_transform(${items}, lambda item: trim(item, ${BLANKS}))`;
    }
    case 'CATEGORY':
      return `trim(${cell}::VARCHAR, ${BLANKS})`;
    default:
      return typeIn(table, encoding.column) === 'TEXT' ? `nullif(trim(${cell}, ${BLANKS}), '')` : cell;
  }
}

/** By feature key, the statement of its number, never NULL. */
function numbersOf(encoding: ColumnEncoding, cell: string, type: ColumnType): [string, string][] {
  switch (encoding.kind) {
    case 'IGNORE':
      return [];
    case 'BOOLEAN':
      return [[encoding.feature, booleanSql(encoding.column, cell, type)]];
    case 'NUMBER':
      return [[encoding.feature, numberSql(encoding, cell, type)]];
    case 'CATEGORY':
      return textsByKey(encoding.choices).map(([key, texts]) => [
        key,
        isOne(`${cell} IN (${texts.map(quoteLiteral).join(', ')})`),
      ]);
    case 'MULTI_CHOICE':
    case 'BASKET':
      return textsByKey(encoding.choices).map(([key, [text = '', ...others]]) => [
        key,
        others.length === 0
          ? isOne(`list_contains(${cell}, ${quoteLiteral(text)})`)
          : isOne(`list_has_any(${cell}, [${[text, ...others].map(quoteLiteral).join(', ')}])`),
      ]);
  }
}

function booleanSql(column: string, cell: string, type: ColumnType): string {
  const refuse = refusal(column, cell, 'is neither true nor false (nor yes or no, 1 or 0)');
  if (type === 'BOOLEAN') return isOne(cell);
  if (type === 'TEXT') {
    const isIn = (texts: readonly string[]) => `lower(${cell}) IN (${texts.map(quoteLiteral).join(', ')})`;
    return `CASE WHEN ${cell} IS NULL OR ${isIn(FALSE)} THEN 0::FLOAT WHEN ${isIn(TRUE)} THEN 1::FLOAT ELSE ${refuse} END`;
  }
  return `CASE WHEN ${cell} NOT IN (0, 1) THEN ${refuse} ELSE ${isOne(cell)} END`;
}

function numberSql(
  { column, scale, divisor }: ColumnEncoding & { readonly kind: 'NUMBER' },
  cell: string,
  type: ColumnType,
): string {
  const value = type === 'TEXT' ? `TRY_CAST(${cell} AS DOUBLE)` : `${cell}::DOUBLE`;
  const most = scale === 'LOG' ? Number.MAX_VALUE : Math.min(LARGEST_FEATURE * divisor, Number.MAX_VALUE);
  const scaled = scale === 'LOG' ? `ln(1 + ${value})` : value;
  const refuse = refusal(column, cell, `cannot be encoded: a NUMBER must be from 0 to ${most}`);
  return `CASE WHEN ${cell} IS NULL THEN 0::FLOAT WHEN ${value} BETWEEN 0 AND ${most}::DOUBLE THEN (${scaled} / ${divisor}::DOUBLE)::FLOAT ELSE ${refuse} END`;
}

/** What fails with a message that names the column and the cell. */
function refusal(column: string, cell: string, why: string): string {
  const { start, end } = REFUSAL;
  const before = quoteLiteral(`${start}Column "${column}": "`);
  return `error(concat(${before}, left(${cell}::VARCHAR, 100), ${quoteLiteral(`" ${why}${end}`)}))`;
}

function isOne(condition: string): string {
  return `coalesce((${condition})::FLOAT, 0)`;
}

function largest(numbers: readonly string[]): string {
  const [number = '0::FLOAT', ...others] = numbers;
  return others.length === 0 ? number : `greatest(${numbers.join(', ')})`;
}

/** Several spellings may set the same feature. */
function textsByKey(choices: Readonly<Record<string, string>>): [string, string[]][] {
  const texts = new Map<string, string[]>();
  for (const [text, key] of Object.entries(choices)) {
    const others = texts.get(key);
    if (others) others.push(text);
    else texts.set(key, [text]);
  }
  return [...texts];
}

function typeIn(table: Table, column: string): ColumnType {
  return table.columns.get(column) ?? 'TEXT';
}
