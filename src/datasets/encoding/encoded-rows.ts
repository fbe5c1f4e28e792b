import {
  type DuckDBArrayVector,
  type DuckDBConnection,
  type DuckDBDataChunk,
  DuckDBFloatVector,
} from '@duckdb/node-api';
import type { ColumnEncoding } from '../../onnx/manifest';
import type { RowSource } from '../../segmentation/rows/row-source';
import { openDuckdb } from '../table/duckdb';
import { parquetTable, type Table } from '../table/table';
import { asClientError, encodingSql } from './encoding-sql';

const MEMORY_MB = 200;
const THREADS = 2;
const ROWS_PER_BATCH = 16_384;
/** DuckDB's vectors are never longer. */
const ROWS_PER_CHUNK = 2_048;

/** Rows with a database of their own. */
export interface EncodedRows extends RowSource {
  close(): Promise<void>;
}

/**
 * Opens the rows kept of a data set (Parquet), encoded: see `encodedRows`.
 *
 * @param tempDirectory an existing folder for what does not fit into memory.
 */
export async function openEncodedRows(
  parquet: string,
  tempDirectory: string,
  encoding: readonly ColumnEncoding[],
  featureKeys: readonly string[],
): Promise<EncodedRows> {
  const database = await openDuckdb({ memoryMb: MEMORY_MB, threads: THREADS, tempDirectory });
  try {
    const table = await parquetTable(database.connection, parquet);
    const rows = await encodedRows(database.connection, table, encoding, featureKeys);
    return { ...rows, close: () => database.close() };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/**
 * A table's rows as numbers, read from its files as often as asked, by one reader of the connection at a time. Memory
 * does not grow with the number of rows.
 */
export async function encodedRows(
  connection: DuckDBConnection,
  table: Table,
  encoding: readonly ColumnEncoding[],
  featureKeys: readonly string[],
): Promise<RowSource> {
  const counted = await connection.runAndReadAll(`SELECT count(*)::DOUBLE FROM ${table.from}`);
  return {
    featureCount: featureKeys.length,
    rowCount: counted.getRows()[0]?.[0] as number,
    batches: () => encodedBatches(connection, table, encoding, featureKeys),
  };
}

/**
 * A table's rows as numbers, in batches of the same number of rows (the last one shorter), in the table's order. A
 * batch is the reader's until it asks for the next.
 *
 * @throws ClientError BAD_USER_INPUT that names the column and the cell that cannot be encoded.
 */
export async function* encodedBatches(
  connection: DuckDBConnection,
  table: Table,
  encoding: readonly ColumnEncoding[],
  featureKeys: readonly string[],
  rowsPerBatch = ROWS_PER_BATCH,
): AsyncGenerator<Float32Array, void, undefined> {
  const size = rowsPerBatch * featureKeys.length;
  const buffer = new Float32Array(size + ROWS_PER_CHUNK * featureKeys.length);
  let filled = 0;
  for await (const chunk of chunks(connection, encodingSql(table, encoding, featureKeys))) {
    // The numbers are DuckDB's memory, and the chunk keeps it: they are copied at once, before anything is awaited.
    buffer.set(numbersOf(chunk), filled);
    filled += chunk.rowCount * featureKeys.length;
    while (filled >= size) {
      yield buffer.subarray(0, size);
      buffer.copyWithin(0, size, filled);
      filled -= size;
    }
  }
  if (filled > 0) yield buffer.subarray(0, filled);
}

async function* chunks(
  connection: DuckDBConnection,
  sql: string,
): AsyncGenerator<DuckDBDataChunk, void, undefined> {
  try {
    const result = await connection.stream(sql);
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return;
      yield chunk;
    }
  } catch (error) {
    throw asClientError(error);
  }
}

/**
 * All numbers of a chunk of arrays: they lie side by side. The public way to them makes an object for every row and a
 * JavaScript value for every number; the version of DuckDB's package is pinned.
 */
function numbersOf(chunk: DuckDBDataChunk): Float32Array {
  const child = (chunk.getColumnVector(0) as DuckDBArrayVector)['childData'];
  if (!(child instanceof DuckDBFloatVector)) throw new Error('The rows are no arrays of FLOAT');
  return child['items'];
}
