import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { extract } from 'tar';
import { packageRoot } from '../../package-root';
import { type Durability, syncToDisk, syncTree } from '../durability';

/** An empty database made at build time: unpacking it takes a tenth of the time and memory of creating one. */
export const DATABASE_TEMPLATE = join(packageRoot, 'dist/database-template.tar.gz');

/** Sees to it that there is a database in the directory, as safe from a power cut as the durability says. */
export async function provideDatabase(directory: string, durability: Durability): Promise<void> {
  if (!existsSync(directory)) await unpackTemplate(directory, durability);
  await syncOnce(directory, durability);
}

/** Unpacks beside the target and renames, so that a kill or a power cut on the way leaves no half database. */
async function unpackTemplate(directory: string, durability: Durability): Promise<void> {
  const partial = `${directory}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { mode: 0o700 });
  await extract({ file: DATABASE_TEMPLATE, cwd: partial });
  if (durability === 'power') await syncTree(partial);
  await rename(partial, directory);
  if (durability === 'process') return;
  await syncToDisk(dirname(directory));
  await writeFile(syncedMark(directory), '');
}

/**
 * Syncs what was written while the durability was `process`, which may not be on the disk yet. A file beside the database
 * says that all of it is: to sync a thousand files takes longer than the rest of a start.
 */
async function syncOnce(directory: string, durability: Durability): Promise<void> {
  const mark = syncedMark(directory);
  if (durability === 'process') {
    await rm(mark, { force: true });
  } else if (!existsSync(mark)) {
    await syncTree(directory);
    await writeFile(mark, '');
  }
}

function syncedMark(directory: string): string {
  return `${directory}.synced`;
}
