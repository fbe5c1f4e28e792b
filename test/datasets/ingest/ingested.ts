import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { task } from '../../../src/datasets/ingest/ingest-file';
import type { DatasetColumn } from '../../../src/datasets/table/column';
import { openDuckdb, quoteLiteral } from '../../../src/datasets/table/duckdb';

export interface Ingested {
  readonly rows: number;
  readonly columns: DatasetColumn[];
  /** What the Parquet file holds, in its order. */
  readonly cells: unknown[][];
  readonly names: string[];
}

/** Reads a file, or bytes given as such, into a table; what is left in the folder must be the table alone, or nothing. */
export async function ingest(csv: string | Uint8Array, maxRows = 1_000_000): Promise<Ingested> {
  const folder = mkdtempSync(join(tmpdir(), 'tertulia-ingest-'));
  try {
    const tables = join(folder, 'tables');
    mkdirSync(tables);
    const source = typeof csv === 'string' ? csv : join(folder, 'upload');
    if (typeof csv !== 'string') writeFileSync(source, csv);
    const target = join(tables, 'table.parquet');
    try {
      const output = await task.run({ source, target, maxRows }, () => {});
      return { ...output, ...(await readTable(folder, target)) };
    } finally {
      expect(readdirSync(tables).filter((name) => name !== 'table.parquet')).toEqual([]);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The error that a text ends in. */
export async function refusalOf(csv: string | Uint8Array, maxRows?: number): Promise<string> {
  const error = await ingest(typeof csv === 'string' ? Buffer.from(csv) : csv, maxRows).catch(
    (caught) => caught,
  );
  expect(error).toMatchObject({ name: 'ClientError', extensions: { code: 'BAD_USER_INPUT' } });
  return error.message;
}

async function readTable(folder: string, path: string): Promise<{ cells: unknown[][]; names: string[] }> {
  const duckdb = await openDuckdb({ memoryMb: 100, threads: 1, tempDirectory: folder });
  try {
    const result = await duckdb.connection.runAndReadAll(`FROM read_parquet(${quoteLiteral(path)})`);
    return { cells: result.getRowsJS(), names: result.columnNames() };
  } finally {
    await duckdb.close();
  }
}
