import { PGlite } from '@electric-sql/pglite';
import type { DiskSpace } from '../disk-space';
import type { Durability } from '../durability';
import { PgliteFiles } from './pglite-files';

/** Segments of the log, 16 MB each, are used again after a checkpoint: so many, and no more, are kept for it. */
const LOG_SIZE = ['-c', 'min_wal_size=64MB', '-c', 'max_wal_size=256MB'];
/** Tables and indexes that it keeps open: as connections do, they count for the process's limit of open files. */
const OPEN_FILES = ['-c', 'max_files_per_process=128'];
/** Without `-F` (no fsync at all), and not by `fdatasync`, which its C library leaves out. */
const SYNCED = [...PGlite.defaultStartParams.filter((flag) => flag !== '-F'), '-c', 'wal_sync_method=fsync'];

const START_PARAMETERS: Readonly<Record<Durability, readonly string[]>> = {
  power: [...SYNCED, ...LOG_SIZE, ...OPEN_FILES],
  process: [...PGlite.defaultStartParams, ...LOG_SIZE, ...OPEN_FILES],
};

export interface OpenPglite {
  readonly database: PGlite;
  readonly files: PgliteFiles;
}

/** Opens the database in a directory, in this thread. */
export async function openPglite(
  directory: string,
  durability: Durability,
  disk: DiskSpace,
): Promise<OpenPglite> {
  const files = new PgliteFiles(directory, durability, disk);
  const database = await PGlite.create({ fs: files, startParams: [...START_PARAMETERS[durability]] });
  return { database, files };
}
