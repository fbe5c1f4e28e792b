import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Duckdb, openDuckdb, quoteIdentifier } from '../../../src/datasets/table/duckdb';

export interface Workplace extends Duckdb {
  readonly folder: string;
}

/** A database and a folder for the files that it writes; both gone after `close`. */
export async function openWorkplace(): Promise<Workplace> {
  const folder = await mkdtemp(join(tmpdir(), 'tertulia-test-'));
  const database = await openDuckdb({ memoryMb: 200, threads: 2, tempDirectory: folder });
  return {
    folder,
    connection: database.connection,
    async close() {
      await database.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** A FROM of these rows; a column's type is DuckDB's. */
export function rowsSql(
  columns: Readonly<Record<string, string>>,
  rows: readonly (readonly (string | number | boolean | readonly string[] | null)[])[],
): string {
  const types = Object.entries(columns);
  const names = types.map(([name, type], i) => `col${i}::${type} AS ${quoteIdentifier(name)}`);
  const values = rows.map((row) => `(${row.map(literal).join(', ')})`);
  return `(SELECT ${names.join(', ')} FROM (VALUES ${values.join(', ')}) t(${types.map((_, i) => `col${i}`).join(', ')}))`;
}

function literal(cell: string | number | boolean | readonly string[] | null): string {
  if (cell === null) return 'NULL';
  if (typeof cell === 'string') return `'${cell.replaceAll("'", "''")}'`;
  if (typeof cell === 'object') return `[${cell.map(literal).join(', ')}]::VARCHAR[]`;
  return String(cell);
}
