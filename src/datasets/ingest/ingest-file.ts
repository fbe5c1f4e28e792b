import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Task } from '../../jobs/task';
import type { ReportProgress } from '../../progress';
import { csvRowsTable } from '../csv/csv-rows-table';
import { type CsvTable, readCsv } from '../csv/read-csv';
import { refusal } from '../csv/read-csv-refusals';
import type { DatasetColumn } from '../table/column';
import { openDuckdb, quoteLiteral } from '../table/duckdb';
import { profileTable } from './profile-table';

export interface IngestFileInput {
  /** Path of the bytes as they were uploaded. */
  readonly source: string;
  /** Path of the Parquet file to make; `.part` and `.work` beside it are taken in the meantime. */
  readonly target: string;
  readonly maxRows: number;
}

export interface IngestFileOutput {
  readonly rows: number;
  readonly columns: DatasetColumn[];
}

/** A second thread takes 20 % off the whole, for as much more CPU. */
const THREADS = 2;
/**
 * Memory for DuckDB. With it 100 MB of CSV in some ten columns take 160 MB at most, 70 of which are Node and DuckDB
 * as such. Packing takes two blocks of 256 KiB per column, and all that is in 2,048 rows a few times over.
 */
const [BASE_MB, COLUMN_MB, VECTOR_TIMES] = [100, 0.5, 5];
const VECTOR_ROWS = 2048;
const MOST_VECTOR_BYTES = 1 << 26;
/** Rows that are packed together: few when they are wide, since that many are held in memory. */
const GROUP_BYTES = 16_000_000;
const MOST_GROUP_ROWS = 20_480;

/**
 * Makes a Parquet table of an uploaded CSV file: BOOLEAN, BIGINT, DOUBLE, VARCHAR, and VARCHAR[] for baskets; empty
 * cells are NULL; rows in the file's order. When it throws, it leaves nothing behind.
 */
export const task: Task<IngestFileInput, IngestFileOutput> = { run: ingestFile };

async function ingestFile(input: IngestFileInput, report: ReportProgress): Promise<IngestFileOutput> {
  const { source, target, maxRows } = input;
  const part = `${target}.part`;
  const work = `${target}.work`;
  // What an earlier run left that was killed.
  await removeAll(part, work);
  await mkdir(work);
  try {
    const rowsFile = join(work, 'rows');
    const table = await readCsv(source, rowsFile, maxRows, (share) => report(0.4 * share, 'reading'));
    const duckdb = await openDuckdb({
      memoryMb: memoryFor(table, (await stat(rowsFile)).size),
      threads: THREADS,
      tempDirectory: work,
      paths: [rowsFile, part],
    });
    try {
      report(0.4, 'storing');
      await storeTable(duckdb.connection, table, rowsFile, part);
      await rm(rowsFile);
      const columns = await profileTable(duckdb.connection, part, table, (share) =>
        report(0.7 + 0.3 * share, 'profiling'),
      );
      await rename(part, target);
      return { rows: table.rows, columns };
    } catch (error) {
      throw isOutOfMemory(error) ? tooLongTexts() : error;
    } finally {
      await duckdb.close();
    }
  } finally {
    await removeAll(part, work);
  }
}

/** So it is where very long rows follow each other in a file whose rows are short on average. */
function isOutOfMemory(error: unknown): boolean {
  return String(error).includes('Out of Memory Error');
}

function tooLongTexts(): Error {
  return refusal(
    'The file has too many long texts to be packed in the memory there is. Leave out columns of long texts.',
  );
}

/** @param bytes of all rows. */
function memoryFor({ rows, columns }: CsvTable, bytes: number): number {
  const vectorBytes = Math.min(rows, VECTOR_ROWS) * (bytes / rows);
  if (vectorBytes > MOST_VECTOR_BYTES) {
    throw refusal(
      `The rows are too long: ${Math.round(bytes / rows)} bytes on average, where at most ${MOST_VECTOR_BYTES / VECTOR_ROWS} are allowed. Leave out columns of long texts.`,
    );
  }
  return Math.ceil(BASE_MB + COLUMN_MB * columns.length + (VECTOR_TIMES * vectorBytes) / 1e6);
}

async function storeTable(
  connection: DuckDBConnection,
  table: CsvTable,
  rowsFile: string,
  target: string,
): Promise<void> {
  const { rows, columns } = table;
  const { size } = await stat(rowsFile);
  const rowBytes = Math.max(size / rows, 8 * columns.length);
  const groupRows = Math.max(VECTOR_ROWS, Math.min(MOST_GROUP_ROWS, Math.floor(GROUP_BYTES / rowBytes)));
  const stored = await connection.run(
    `COPY ${csvRowsTable(rowsFile, table).from} TO ${quoteLiteral(target)}
     (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${groupRows})`,
  );
  if (stored.rowsChanged !== rows)
    throw new Error(`${rows} rows were read, but ${stored.rowsChanged} stored`);
}

async function removeAll(...paths: readonly string[]): Promise<void> {
  for (const path of paths) await rm(path, { recursive: true, force: true });
}
