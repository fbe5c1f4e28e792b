import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Access, type Database, NUL_IN_TEXT, nulInText, type Procedure } from '../database';
import { DiskSpace } from '../disk-space';
import { type Durability, syncCreated } from '../durability';
import { DirectoryLock } from '../locks/directory-lock';
import { Outage, type OutageLog } from '../outage';
import { provideDatabase } from './pglite-template';
import { PgliteThread, stopped } from './pglite-thread';
import type { WorkerOptions, WorkerRequest } from './pglite-worker';

const VACUUM_MS = 60_000;
const STATEMENT_MS = 60_000;
/** To open, to vacuum, to migrate. */
const LONG_MS = 600_000;
/** Between one attempt to open the database again and the next: at first, and at most. */
const [FIRST_WAIT_MS, LONGEST_WAIT_MS] = [100, 5_000];
/** A thread that lived for so long ended by chance: the next one is started soon. */
const LONG_LIFE_MS = 60_000;

/** SQLSTATEs: a write while the disk has no more than its reserve, and one for which there was no room. */
const FULL = new Set(['25006', '53100']);
/** Nothing else that the database lacks can be told from a defect: descriptors, memory. */
const EXHAUSTED = /^53/;

const NOT_LOGGED: OutageLog = { began: () => undefined, ended: () => undefined };

export interface PgliteOptions {
  /** `power` unless said. */
  readonly durability?: Durability;
  /** Bytes; with less free on the disk, nothing is written. None unless said. */
  readonly diskReserveBytes?: number;
  /** How long a statement may take. */
  readonly statementMs?: number;
  /** Told when a statement takes longer; unless given, the database is stopped and opened again. */
  readonly onStuck?: (error: Error) => void;
  readonly outages?: OutageLog;
}

/**
 * PostgreSQL embedded: PGlite in a worker thread, its files in `<dataDirectory>/database`, for one process
 * alone. It has one connection: everybody waits for everybody before.
 *
 * PostgreSQL gives up (PANIC) when its log cannot be written: without room, without descriptors. A server would then
 * start again and recover from the log; here the thread is replaced, and does.
 */
export class PgliteDatabase implements Database {
  /** One at work, and the next one at hand. */
  readonly concurrency = 2;
  readonly system = this.#access(null);
  readonly #vacuuming = setInterval(() => this.#vacuumIfWritten(), VACUUM_MS).unref();
  readonly #closing = new AbortController();
  readonly #outage: Outage;
  readonly #disk: DiskSpace;
  #thread: PgliteThread | null = null;
  #cause = new Error('The database is being opened.');
  #replacing = Promise.resolve();
  #wait = FIRST_WAIT_MS;
  #written = false;

  private constructor(
    private readonly worker: WorkerOptions,
    private readonly lock: DirectoryLock,
    private readonly options: PgliteOptions,
  ) {
    this.#outage = new Outage(options.outages ?? NOT_LOGGED);
    this.#disk = new DiskSpace(worker.directory, worker.diskReserveBytes);
  }

  /** @throws Error when another live process uses the directory, or its database cannot be opened. */
  static async open(dataDirectory: string, options: PgliteOptions = {}): Promise<PgliteDatabase> {
    const { durability = 'power', diskReserveBytes = 0 } = options;
    const created = await mkdir(dataDirectory, { recursive: true });
    const lock = await DirectoryLock.acquire(dataDirectory);
    const directory = join(dataDirectory, 'database');
    try {
      await provideDatabase(directory, durability);
      if (durability === 'power') await syncCreated(dataDirectory, created);
      const database = new PgliteDatabase({ directory, durability, diskReserveBytes }, lock, options);
      database.#replacing = database.#replaceEnded(await database.#start());
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
    const { query } = this.#access(null, LONG_MS);
    const tables = await query<{ name: string }>(
      "select quote_ident(tablename) as name from pg_tables where schemaname = 'public'",
    );
    for (const { name } of tables) await query(`vacuum ${name}`);
  }

  async close(): Promise<void> {
    clearInterval(this.#vacuuming);
    this.#closing.abort();
    await this.#thread?.close();
    await this.#replacing;
    await this.lock.release();
  }

  async #start(): Promise<PgliteThread> {
    const thread = new PgliteThread(this.worker, this.options.onStuck);
    await thread.opened(LONG_MS);
    this.#thread = thread;
    return thread;
  }

  async #replaceEnded(first: PgliteThread): Promise<void> {
    for (let thread: PgliteThread | null = first; thread !== null; thread = await this.#startAgain()) {
      const started = performance.now();
      this.#cause = await thread.ended;
      this.#thread = null;
      if (this.#closing.signal.aborted) return;
      this.#outage.failed(this.#cause);
      if (performance.now() - started > LONG_LIFE_MS) this.#wait = FIRST_WAIT_MS;
    }
  }

  /** Until it succeeds: room and descriptors may be back later. Null: it is to be closed. */
  async #startAgain(): Promise<PgliteThread | null> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await delay(this.#wait, undefined, { signal }).catch(() => undefined);
      this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT_MS);
      if (signal.aborted) break;
      const thread = await this.#start().catch(() => null);
      if (thread === null) continue;
      if (signal.aborted) await thread.close();
      return thread;
    }
    return null;
  }

  #access(organization: string | null, limitMs?: number): Access {
    return {
      query: <Row extends object>(sql: string, parameters: readonly unknown[] = []) =>
        this.#ask<Row[]>((id) => ({ id, organization, sql, parameters }), limitMs),
      // As JSON: between threads that takes half the time of V8's own format.
      call: async <Input, Output>(
        { module, slow }: Procedure<Input, Output>,
        input: Input,
      ): Promise<Output> => {
        this.#written = true;
        const json = JSON.stringify(input);
        const limit = slow === true ? LONG_MS : limitMs;
        return JSON.parse(await this.#ask<string>((id) => ({ id, organization, module, json }), limit));
      },
    };
  }

  async #ask<Result>(
    request: (id: number) => WorkerRequest,
    limitMs = this.options.statementMs ?? STATEMENT_MS,
  ): Promise<Result> {
    if (this.#thread === null) throw stopped(this.#cause);
    try {
      const result = await this.#thread.ask<Result>(request, limitMs);
      this.#outage.succeeded();
      return result;
    } catch (error) {
      throw this.#asClientError(error as Error & { code?: string | null });
    }
  }

  #asClientError(error: Error & { code?: string | null }): Error {
    const { code = null } = error;
    if (code === NUL_IN_TEXT) return nulInText();
    if (code !== null && FULL.has(code)) return Object.assign(this.#disk.full(), { cause: error });
    if (code !== null && EXHAUSTED.test(code)) return stopped(error);
    return error;
  }

  #vacuumIfWritten(): void {
    if (!this.#written || this.#disk.free() < this.#disk.reserve) return;
    this.#written = false;
    // The database stopped: whoever asks it next is told.
    this.vacuum().catch(() => undefined);
  }
}
