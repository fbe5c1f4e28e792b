import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ClientError } from '../../errors';
import { packageRoot } from '../../package-root';
import type { WorkerOptions, WorkerReply, WorkerRequest } from './pglite-worker';

/** Threads run compiled code, also when this file itself is compiled on the fly. */
const WORKER_FILE = join(packageRoot, 'dist/storage/pglite/pglite-worker.js');
/** Its young objects die with each answer: a small nursery does, and saves tens of megabytes. */
const WORKER_LIMITS = { maxYoungGenerationSizeMb: 16 };
const WATCH_MS = 1_000;
const CLOSING_MS = 5_000;

interface Pending {
  readonly since: number;
  readonly limitMs: number;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** The thread of the embedded database, from its start to its end. It answers one request after the other. */
export class PgliteThread {
  /** Resolves to the reason when it answers no more. */
  readonly ended: Promise<Error>;
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  readonly #watch: NodeJS.Timeout;
  #end!: (cause: Error) => void;
  #cause: Error | null = null;
  #lastId = 0;
  #lastReply = 0;
  /** The request that was past its limit when last looked at. */
  #late: number | null = null;

  /** @param onStuck told when a request is past its limit; unless given, the thread ends then. */
  constructor(
    workerData: WorkerOptions,
    private readonly onStuck?: (error: Error) => void,
  ) {
    this.#worker = new Worker(WORKER_FILE, { workerData, resourceLimits: WORKER_LIMITS });
    this.ended = new Promise((resolve) => {
      this.#end = (cause) => {
        if (this.#cause !== null) return;
        this.#cause = cause;
        clearInterval(this.#watch);
        for (const { reject } of this.#pending.values()) reject(stopped(cause));
        this.#pending.clear();
        void this.#worker.terminate();
        resolve(cause);
      };
    });
    this.#worker.on('message', (reply: WorkerReply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#end(error));
    this.#worker.on('exit', () => this.#end(new Error('The database thread ended.')));
    this.#watch = setInterval(() => this.#look(), WATCH_MS).unref();
  }

  /** Resolves when the database is open. @throws Error when it does not open. */
  async opened(limitMs: number): Promise<void> {
    try {
      await this.#reply(0, limitMs);
    } catch (error) {
      this.#end(error as Error);
      throw this.#cause ?? error;
    }
  }

  ask<Result>(request: (id: number) => WorkerRequest, limitMs: number): Promise<Result> {
    const id = ++this.#lastId;
    this.#worker.postMessage(request(id));
    return this.#reply<Result>(id, limitMs);
  }

  /** Ends it after what it was asked before, but in seconds. */
  async close(): Promise<void> {
    const exited = new Promise((resolve) => this.#worker.once('exit', resolve));
    if (this.#cause !== null) return;
    this.#worker.postMessage('close');
    const deadline = setTimeout(() => this.#end(new Error('The database did not close.')), CLOSING_MS);
    await exited;
    clearTimeout(deadline);
  }

  #reply<Result>(id: number, limitMs: number): Promise<Result> {
    if (this.#cause !== null) return Promise.reject(stopped(this.#cause));
    return new Promise((resolve, reject) => {
      this.#pending.set(id, {
        since: performance.now(),
        limitMs,
        resolve: resolve as (result: unknown) => void,
        reject,
      });
    });
  }

  #settle(reply: WorkerReply): void {
    if ('stopped' in reply) {
      this.#end(errorOf(reply.stopped));
      return;
    }
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    this.#lastReply = performance.now();
    if ('result' in reply) pending?.resolve(reply.result);
    else pending?.reject(errorOf(reply.error));
  }

  /** The first of those that wait is at work since it was asked, or since the one before was answered. */
  #look(): void {
    const [first] = this.#pending;
    if (first === undefined) return;
    const [id, { since, limitMs }] = first;
    if (performance.now() - Math.max(since, this.#lastReply) < limitMs) return;
    // Not at first sight: if this very thread was held up, the answer may be here, unread.
    if (this.#late !== id) {
      this.#late = id;
      return;
    }
    const error = new Error(`The embedded database has not answered for ${limitMs / 1000} seconds.`);
    if (this.onStuck === undefined) this.#end(error);
    else this.onStuck(error);
  }
}

function errorOf({ message, code }: { readonly message: string; readonly code: string | null }): Error {
  return Object.assign(new Error(message), { code });
}

export function stopped(cause: Error): ClientError {
  const error = new ClientError(
    'STORAGE_UNAVAILABLE',
    'The embedded database has stopped, and is opened again: try again in a moment.',
  );
  error.cause = cause;
  return error;
}
