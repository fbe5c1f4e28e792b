import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { extract } from 'tar';
import { ClientError } from '../errors';
import { packageRoot } from '../package-root';
import { type Access, type Database, NUL_IN_TEXT, nulInText, type Procedure } from './database';
import { DirectoryLock } from './directory-lock';
import { type Durability, syncCreated, syncToDisk, syncTree } from './durability';
import type { WorkerOptions, WorkerReply, WorkerRequest } from './pglite-worker';

/** Threads run compiled code, also when this file itself is compiled on the fly. */
const WORKER_FILE = join(packageRoot, 'dist/storage/pglite-worker.js');
/** An empty database made at build time: unpacking it takes a tenth of the time and memory of creating one. */
export const DATABASE_TEMPLATE = join(packageRoot, 'dist/database-template.tar.gz');

/** Its young objects die with each answer: a small nursery does, and saves tens of megabytes. */
const WORKER_LIMITS = { maxYoungGenerationSizeMb: 16 };

const VACUUM_MS = 60_000;

export interface PgliteOptions {
  /** `power` unless said. */
  readonly durability?: Durability;
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/**
 * PostgreSQL embedded: PGlite in a worker thread, its files in `<dataDirectory>/database`, for one process
 * alone. It has one connection: everybody waits for everybody before.
 */
export class PgliteDatabase implements Database {
  /** One at work, and the next one at hand. */
  readonly concurrency = 2;
  readonly system = this.#access(null);
  readonly #worker: Worker;
  readonly #lock: DirectoryLock;
  readonly #pending = new Map<number, Pending>();
  readonly #vacuuming = setInterval(() => this.#vacuumIfWritten(), VACUUM_MS).unref();
  #lastId = 0;
  #written = false;
  #failure: Error | null = null;

  private constructor(worker: Worker, lock: DirectoryLock) {
    this.#worker = worker;
    this.#lock = lock;
    worker.on('message', (reply: WorkerReply) => this.#settle(reply));
    worker.on('error', (error) => this.#fail(error));
    worker.on('exit', () => this.#fail(new Error('The database thread ended.')));
  }

  /** @throws Error when another live process uses the directory, or its database cannot be opened. */
  static async open(
    dataDirectory: string,
    { durability = 'power' }: PgliteOptions = {},
  ): Promise<PgliteDatabase> {
    const created = await mkdir(dataDirectory, { recursive: true });
    const lock = await DirectoryLock.acquire(dataDirectory);
    try {
      const directory = join(dataDirectory, 'database');
      if (!existsSync(directory)) await unpackTemplate(directory, durability);
      await syncOnce(directory, durability);
      if (durability === 'power') await syncCreated(dataDirectory, created);
      const workerData: WorkerOptions = { directory, durability };
      const database = new PgliteDatabase(
        new Worker(WORKER_FILE, { workerData, resourceLimits: WORKER_LIMITS }),
        lock,
      );
      await database.#reply(0);
      return database;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  scope(organizationId: string): Access {
    return this.#access(organizationId);
  }

  /** Makes the room of deleted and replaced rows usable again. PGlite has no background process that would. */
  async vacuum(): Promise<void> {
    const tables = await this.system.query<{ name: string }>(
      "select quote_ident(tablename) as name from pg_tables where schemaname = 'public'",
    );
    for (const { name } of tables) await this.system.query(`vacuum ${name}`);
  }

  async close(): Promise<void> {
    clearInterval(this.#vacuuming);
    if (this.#failure === null) {
      const ended = new Promise((resolve) => this.#worker.once('exit', resolve));
      this.#worker.postMessage('close');
      await ended;
    }
    await this.#lock.release();
  }

  #access(organization: string | null): Access {
    return {
      query: <Row extends object>(sql: string, parameters: readonly unknown[] = []) =>
        this.#ask<Row[]>((id) => ({ id, organization, sql, parameters })),
      // As JSON: between threads that takes half the time of V8's own format.
      call: async <Input, Output>({ module }: Procedure<Input, Output>, input: Input): Promise<Output> => {
        this.#written = true;
        const json = JSON.stringify(input);
        return JSON.parse(await this.#ask<string>((id) => ({ id, organization, module, json })));
      },
    };
  }

  #vacuumIfWritten(): void {
    if (!this.#written) return;
    this.#written = false;
    // The database stopped: whoever asks it next is told.
    this.vacuum().catch(() => undefined);
  }

  #ask<Result>(request: (id: number) => WorkerRequest): Promise<Result> {
    const id = ++this.#lastId;
    this.#worker.postMessage(request(id));
    return this.#reply<Result>(id);
  }

  #reply<Result>(id: number): Promise<Result> {
    if (this.#failure !== null) return Promise.reject(unavailable(this.#failure));
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as (result: unknown) => void, reject });
    });
  }

  #settle(reply: WorkerReply): void {
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if ('result' in reply) pending?.resolve(reply.result);
    else if (reply.error.code === NUL_IN_TEXT) pending?.reject(nulInText());
    else pending?.reject(Object.assign(new Error(reply.error.message), { code: reply.error.code }));
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#pending.values()) reject(unavailable(this.#failure));
    this.#pending.clear();
  }
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

function unavailable(cause: Error): ClientError {
  const error = new ClientError(
    'STORAGE_UNAVAILABLE',
    'The embedded database has stopped: the gateway must be restarted.',
  );
  error.cause = cause;
  return error;
}
