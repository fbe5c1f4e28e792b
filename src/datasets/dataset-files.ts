import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join, parse } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ClientError } from '../errors';
import type { DiskSpace } from '../storage/disk-space';
import { type Durability, syncCreated, syncToDisk } from '../storage/durability';

/** What arrived. */
export interface ReceivedFile {
  /** In hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
}

/** The files of data sets, below one directory: what was uploaded until it is read, and the Parquet that it became. */
export class DatasetFiles {
  readonly #uploads: string;
  readonly #tables: string;
  readonly #scratch: string;

  private constructor(
    directory: string,
    private readonly durability: Durability,
    private readonly disk: DiskSpace,
  ) {
    this.#uploads = join(directory, 'uploads');
    this.#tables = join(directory, 'datasets');
    this.#scratch = join(directory, 'scratch');
  }

  static async open(directory: string, durability: Durability, disk: DiskSpace): Promise<DatasetFiles> {
    const files = new DatasetFiles(directory, durability, disk);
    for (const folder of [files.#uploads, files.#tables, files.#scratch]) {
      const created = await mkdir(folder, { recursive: true });
      if (durability === 'power') await syncCreated(folder, created);
    }
    return files;
  }

  upload(id: string): string {
    return join(this.#uploads, `${id}.csv`);
  }

  table(id: string): string {
    return join(this.#tables, `${id}.parquet`);
  }

  /**
   * Writes an upload to its file, as it comes; nothing is left of one that does not arrive whole.
   *
   * @throws ClientError BAD_USER_INPUT when it is larger than `maxBytes`, STORAGE_UNAVAILABLE when the disk is full.
   */
  async receive(id: string, body: Readable, maxBytes: number): Promise<ReceivedFile> {
    await this.disk.check();
    const hash = createHash('sha256');
    let bytes = 0;
    const full = new AbortController();
    const unwatch = this.disk.watch((error) => full.abort(error));
    const meter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        bytes += chunk.length;
        hash.update(chunk);
        // In the next turn of the event loop: a fast sender would else be read thirty times in one, and all others wait.
        if (bytes <= maxBytes) setImmediate(done, null, chunk);
        else done(new ClientError('BAD_USER_INPUT', `The file is larger than ${maxBytes} bytes, the limit`));
      },
    });
    const file = createWriteStream(this.upload(id), { flags: 'wx', mode: 0o600 });
    try {
      await pipeline(body, meter, file, { signal: full.signal });
      await this.#keep(this.upload(id));
      return { sha256: hash.digest('hex'), bytes };
    } catch (error) {
      // It may still be opening, and would be there again after it was removed.
      if (!file.closed) await new Promise<void>((resolve) => file.once('close', resolve));
      await this.removeUpload(id);
      if (full.signal.aborted) throw full.signal.reason;
      throw isOutOfRoom(error) ? this.disk.full() : error;
    } finally {
      unwatch();
    }
  }

  /** A table was written, and is going to be told of. */
  async keepTable(id: string): Promise<void> {
    await this.#keep(this.table(id));
  }

  /** The file survives what the durability says. */
  async #keep(file: string): Promise<void> {
    if (this.durability !== 'power') return;
    await syncToDisk(file);
    await syncToDisk(dirname(file));
  }

  async removeUpload(id: string): Promise<void> {
    await rm(this.upload(id), { force: true });
  }

  async removeAll(id: string): Promise<void> {
    await this.removeUpload(id);
    await rm(this.table(id), { force: true });
    await this.removeParts(id);
  }

  /** Removes what a task that was killed left beside the table. */
  async removeParts(id: string): Promise<void> {
    for (const suffix of ['.part', '.work'])
      await rm(this.table(id) + suffix, { recursive: true, force: true });
  }

  /** Lends a folder of its own to some work, and removes it afterwards. */
  async withScratch<T>(work: (folder: string) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(join(this.#scratch, 'job-'));
    try {
      return await work(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Removes what a killed process left: files of no data set that were last written before `before` (milliseconds). */
  async sweep(kept: ReadonlySet<string>, before: number): Promise<void> {
    for (const directory of [this.#uploads, this.#tables, this.#scratch]) {
      for (const name of await readdir(directory)) {
        const file = join(directory, name);
        const isKept = kept.has(parse(name).name) && /\.(csv|parquet)$/.test(name);
        if (!isKept && (await stat(file)).mtimeMs < before) await rm(file, { recursive: true, force: true });
      }
    }
  }
}

function isOutOfRoom(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(String((error as NodeJS.ErrnoException).code));
}
