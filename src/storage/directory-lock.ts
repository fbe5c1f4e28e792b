import { readFileSync } from 'node:fs';
import { link, mkdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** When that process started, as the kernel counts it: a process number alone is given out again. */
  readonly started: string;
}

/**
 * One process's claim on a directory: a file `lock` that names its owner. It ends with the owner: a later
 * process takes it over only when the owner is dead for certain, never from a live (or stopped) one.
 */
export class DirectoryLock {
  readonly #file: string;

  private constructor(file: string) {
    this.#file = file;
  }

  /** @throws Error, of code EBUSY, that names the process that holds the directory. */
  static async acquire(directory: string): Promise<DirectoryLock> {
    const file = join(directory, 'lock');
    if (!(await claim(file)) && !(await takeOver(file))) {
      throw Object.assign(new Error(await refusal(file, directory)), { code: 'EBUSY' });
    }
    return new DirectoryLock(file);
  }

  async release(): Promise<void> {
    await rm(this.#file, { force: true });
  }
}

const self: Owner = { pid: process.pid, host: hostname(), started: startOf(process.pid) ?? '' };

/** Creates the lock file, whole at once: it is written under another name, and linked. */
async function claim(file: string): Promise<boolean> {
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, JSON.stringify(self));
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Replaces a dead owner's file. The folder `lock.takeover` lets one process at a time judge and replace. */
async function takeOver(file: string): Promise<boolean> {
  const guard = `${file}.takeover`;
  try {
    await mkdir(guard);
  } catch {
    return false;
  }
  try {
    const owner = await readOwner(file);
    if (owner !== null && isAlive(owner)) return false;
    await rm(file, { force: true });
    return await claim(file);
  } finally {
    await rmdir(guard);
  }
}

async function readOwner(file: string): Promise<Owner | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Owner;
  } catch {
    return null;
  }
}

function isAlive(owner: Owner): boolean {
  // Another machine's processes cannot be seen from here, so its claim stands.
  if (owner.host !== self.host) return true;
  const started = startOf(owner.pid);
  return started !== null && (owner.started === '' || owner.started === started);
}

/** A running process's start time: null when there is no such process, '' where the system does not tell. */
function startOf(pid: number): string | null {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return null;
  }
  try {
    // The fields after the command's name, which may itself hold blanks and parentheses; start time is the 22nd.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

async function refusal(file: string, directory: string): Promise<string> {
  const owner = await readOwner(file);
  const who = owner === null ? 'another process' : `process ${owner.pid} on ${owner.host}`;
  return (
    `${directory} is in use by ${who}: an embedded database serves one process only. ` +
    `Stop that process, set another DATA_DIR, or use DATABASE_URL. If no such process runs, remove ${file} and ${file}.takeover.`
  );
}
