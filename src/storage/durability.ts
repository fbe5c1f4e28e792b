import { open, readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** What an answered write survives: a power cut, or only the end of the process. */
export type Durability = (typeof DURABILITIES)[number];
export const DURABILITIES = ['power', 'process'] as const;

/** Waits until the disk holds a file, or a directory's list of entries. */
export async function syncToDisk(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** As many syncs as Node's threads take at a time: a journal makes one of them. */
const AT_ONCE = 4;

/** Waits until the disk holds a directory with everything below it. */
export async function syncTree(directory: string): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  const paths = entries
    .filter((entry) => entry.isFile() || entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .concat(directory)
    .values();
  const syncRest = async () => {
    for (const path of paths) await syncToDisk(path);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, syncRest));
}

/**
 * Waits until the disk holds the directories that `mkdir` made on the way to one.
 *
 * @param first what `mkdir` answered: the topmost that it made.
 */
export async function syncCreated(directory: string, first: string | undefined): Promise<void> {
  if (first === undefined) return;
  const top = dirname(resolve(first));
  for (let parent = dirname(resolve(directory)); ; parent = dirname(parent)) {
    await syncToDisk(parent);
    if (parent === top) return;
  }
}
