import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColumnType } from './column';
import { quoteLiteral } from './duckdb';

/** Rows that DuckDB can read, again and again. */
export interface Table {
  /** What stands after FROM. */
  readonly from: string;
  readonly columns: ReadonlyMap<string, ColumnType>;
}

/** A table of a statement's FROM, its columns' types looked up. */
export async function describeTable(connection: DuckDBConnection, from: string): Promise<Table> {
  const rows = await connection.runAndReadAll(`SELECT column_name, column_type FROM (DESCRIBE FROM ${from})`);
  const columns = rows.getRows().map(([name, type]) => [String(name), columnType(String(type))] as const);
  return { from, columns: new Map(columns) };
}

/** The rows that were kept of a data set. */
export function parquetTable(connection: DuckDBConnection, path: string): Promise<Table> {
  return describeTable(connection, `read_parquet(${quoteLiteral(path)})`);
}

function columnType(type: string): ColumnType {
  if (type.endsWith('[]')) return 'ITEMS';
  if (type === 'BOOLEAN') return 'BOOLEAN';
  if (/^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/.test(type)) return 'INTEGER';
  if (/^(FLOAT|DOUBLE|DECIMAL)/.test(type)) return 'NUMBER';
  return 'TEXT';
}
