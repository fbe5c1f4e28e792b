import { mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

export interface DuckdbOptions {
  /** What it may keep in memory, in MB (10⁶ bytes); what does not fit goes to disk. Chunks in work come on top. */
  readonly memoryMb: number;
  readonly threads: number;
  /** An existing folder. What does not fit into memory is kept in a folder of its own there, until `close`. */
  readonly tempDirectory: string;
  /** The only files and folders (with all below) that statements may read and write; unset: any. */
  readonly paths?: readonly string[];
}

export interface Duckdb {
  readonly connection: DuckDBConnection;
  /** Also takes away what was kept on disk. */
  close(): Promise<void>;
}

/**
 * Opens an empty database in memory, to work on files with. Rows keep the order that they are read in. It loads no
 * extension, so it cannot reach the network, and its settings are locked.
 */
export async function openDuckdb(options: DuckdbOptions): Promise<Duckdb> {
  const spill = await mkdtemp(join(resolve(options.tempDirectory), 'duckdb-'));
  try {
    const instance = await DuckDBInstance.create(':memory:', {
      memory_limit: `${options.memoryMb}MB`,
      threads: `${options.threads}`,
      temp_directory: spill,
      preserve_insertion_order: 'true',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      allow_community_extensions: 'false',
      // Files are read once or twice: the kernel's page cache does as well, outside our memory.
      enable_external_file_cache: 'false',
    });
    const connection = await instance.connect();
    if (options.paths !== undefined) await allowOnly(connection, options.paths);
    // Many small statements over one wide file: its footer is read once, which takes a third of the time.
    await connection.run('SET parquet_metadata_cache = true');
    await connection.run('SET lock_configuration = true');
    return { connection, close: () => close(connection, instance, spill) };
  } catch (error) {
    await rm(spill, { recursive: true, force: true });
    throw error;
  }
}

/** A column's or table's name inside a statement, whatever characters it has. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text inside a statement, whatever characters it has. */
export function quoteLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

async function allowOnly(connection: DuckDBConnection, paths: readonly string[]): Promise<void> {
  const absolute = paths.map((path) => resolve(path));
  const files = absolute.map(quoteLiteral).join(', ');
  const folders = absolute.map((path) => quoteLiteral(`${path}/`)).join(', ');
  await connection.run(`SET allowed_paths = [${files}]`);
  await connection.run(`SET allowed_directories = [${folders}]`);
  await connection.run('SET enable_external_access = false');
}

async function close(connection: DuckDBConnection, instance: DuckDBInstance, spill: string): Promise<void> {
  connection.closeSync();
  instance.closeSync();
  await rm(spill, { recursive: true, force: true });
}
