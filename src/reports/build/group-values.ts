import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColumnType, DatasetColumn } from '../../datasets/table/column';
import { quoteIdentifier, quoteLiteral } from '../../datasets/table/duckdb';
import type { Table } from '../../datasets/table/table';

/** Values that a cross-table shows at most, "other" included. */
const MOST_VALUES = 100;
const BLANKS = quoteLiteral(' \t\n\r\u00a0');

/** The classes that a column divides rows into: its values, then "other" where it has too many, then the missing. */
export interface GroupValues {
  readonly column: string;
  readonly type: ColumnType;
  readonly values: readonly string[];
  /** Whether there are more values, which count as one: index `values.length`. */
  readonly hasOther: boolean;
}

/**
 * The column's values: all of them, or the 99 most frequent where there are more than 100. Numbers and booleans come
 * in their order, texts the most frequent first.
 */
export async function findGroupValues(
  connection: DuckDBConnection,
  table: Table,
  { name, type }: DatasetColumn,
): Promise<GroupValues> {
  const found = await connection.runAndReadAll(
    `SELECT cell FROM (SELECT ${cellSql(name)} AS cell FROM ${table.from}) WHERE cell IS NOT NULL
    GROUP BY cell ORDER BY count(*) DESC, cell LIMIT ${MOST_VALUES + 1}`,
  );
  const all = found.getRows().map(([value]) => String(value));
  const hasOther = all.length > MOST_VALUES;
  const values = hasOther ? all.slice(0, MOST_VALUES - 1) : all;
  return { column: name, type, values: inOrder(values, type), hasOther };
}

/** The statement of a row's class: its value's index, `values.length` for others, one more for missing cells. */
export function groupIndexSql({ column, values }: GroupValues): string {
  const cell = cellSql(column);
  const list = `[${values.map(quoteLiteral).join(', ')}]::VARCHAR[]`;
  const index = `coalesce(list_position(${list}, ${cell}) - 1, ${values.length})`;
  return `CASE WHEN ${cell} IS NULL THEN ${values.length + 1} ELSE ${index} END`;
}

function cellSql(column: string): string {
  return `nullif(trim(${quoteIdentifier(column)}::VARCHAR, ${BLANKS}), '')`;
}

function inOrder(values: readonly string[], type: ColumnType): string[] {
  if (type === 'TEXT') return [...values];
  if (type === 'BOOLEAN') return [...values].sort();
  return [...values].sort((a, b) => Number(a) - Number(b));
}
