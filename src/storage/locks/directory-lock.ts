import { createHash, randomUUID } from 'node:crypto';
import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity';

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
    if (!(await claim(file))) {
      throw Object.assign(new Error(await refusal(file, directory)), { code: 'EBUSY' });
    }
    await sweep(directory);
    return new DirectoryLock(file);
  }

  async release(): Promise<void> {
    await rm(this.#file, { force: true });
  }
}

/**
 * Creates the file, whole at once: it is written under another name, and linked. A file of a dead owner is replaced by
 * whoever has claimed the right to: a file, too, named by what is to be replaced. So the right ends with its owner like
 * the claim itself, and nobody can mistake a new claim for the dead one that it has judged: no name is used for two.
 */
async function claim(file: string): Promise<boolean> {
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify({ ...ownIdentity, claim: randomUUID() }));
  try {
    if (await create(draft, file)) return true;
    const dead = await readDead(file);
    if (dead === null) return false;
    const right = takeoverOf(file, dead);
    if (!(await claim(right))) return false;
    try {
      // Somebody else may have replaced it, and given the right back, just before.
      if ((await readDead(file)) !== dead) return false;
      await rename(draft, file);
      return true;
    } finally {
      await rm(right, { force: true });
    }
  } finally {
    await rm(draft, { force: true });
  }
}

/** @returns false when there is such a file already. */
async function create(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** The claim, if its owner is dead, or it names none (a power cut may leave an empty file); null: it holds. */
async function readDead(file: string): Promise<string | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    return null; // released meanwhile: whoever comes next
  }
  const owner = parse(text);
  return owner !== null && isAlive(owner) ? null : text;
}

/** Removes what killed processes left of their tries. Who is still trying has lost: it finds another claim. */
async function sweep(directory: string): Promise<void> {
  const tries = (await readdir(directory)).filter((name) => /^lock\.takeover(\.[0-9a-f]{16})?$/.test(name));
  await Promise.all(tries.map((name) => rm(join(directory, name), { recursive: true, force: true })));
}

function takeoverOf(file: string, claimed: string): string {
  const name = createHash('sha256').update(`${file} ${claimed}`).digest('hex').slice(0, 16);
  return join(dirname(file), `lock.takeover.${name}`);
}

function parse(text: string): ProcessIdentity | null {
  try {
    const { pid, host, started } = JSON.parse(text);
    return Number.isInteger(pid) && typeof host === 'string' ? { pid, host, started } : null;
  } catch {
    return null;
  }
}

async function refusal(file: string, directory: string): Promise<string> {
  const owner = parse(await readFile(file, 'utf8').catch(() => ''));
  const who = owner === null ? 'another process' : `process ${owner.pid} on ${owner.host}`;
  return (
    `${directory} is in use by ${who}: an embedded database serves one process only. ` +
    `Stop that process, set another DATA_DIR, or use DATABASE_URL. If no such process runs, remove ${file}.`
  );
}
