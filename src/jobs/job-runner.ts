import { randomUUID } from 'node:crypto';
import { ClientError } from '../errors';
import type { DiskSpace } from '../storage/disk-space';
import type { JobHandler, JobRecord } from './job';
import type { JobEnd, JobStore } from './job-store';
import { NoProcessError } from './start-process';

/** How often a running job is told to be alive, asked whether it is cancelled, and its progress stored. */
const BEAT_MS = 500;
/** How often the queue is looked at for what other processes put there, or lost. */
const LOOK_MS = 2_000;

export interface JobRunnerOptions {
  readonly store: JobStore;
  // biome-ignore lint/suspicious/noExplicitAny: handlers of different inputs in one list
  readonly handlers: readonly JobHandler<any, unknown>[];
  /** Told of every state of a job that was stored. */
  readonly onChange: (job: JobRecord) => void;
  readonly onError: (error: unknown) => void;
  /** Where jobs write files: they end when it is full. */
  readonly disk: DiskSpace;
}

/** Takes up jobs, one of each kind at a time, and sees each to its end. */
export class JobRunner {
  readonly #options: JobRunnerOptions;
  readonly #id = randomUUID();
  readonly #closing = new AbortController();
  readonly #running = new Map<string, AbortController>();
  readonly #lanes = new Map<string, Promise<void>>();
  #looking: NodeJS.Timeout | undefined;

  constructor(options: JobRunnerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#looking = setInterval(() => this.wake(), LOOK_MS);
    this.wake();
  }

  /** There may be something to do. */
  wake(): void {
    if (this.#closing.signal.aborted) return;
    this.#giveUp().catch(this.#options.onError);
    for (const handler of this.#options.handlers) {
      if (this.#lanes.has(handler.kind)) continue;
      const lane = this.#drain(handler)
        .catch(this.#options.onError)
        .finally(() => this.#lanes.delete(handler.kind));
      this.#lanes.set(handler.kind, lane);
    }
  }

  /**
   * Stops a job: at once if it runs here, soon if it runs elsewhere, and it never starts if it waits. One that has
   * ended stays as it is. Null: there is none.
   */
  async cancel(organizationId: string, id: string): Promise<JobRecord | null> {
    const { store, onChange } = this.#options;
    const job = await store.cancel(organizationId, id);
    if (job === null) return store.find(organizationId, id);
    this.#running.get(job.id)?.abort(CANCELLED);
    if (job.status === 'CANCELLED') {
      await this.#clearUp(job, CANCELLED.message);
      onChange(job);
    }
    return job;
  }

  /** Stops what runs and gives it back to the queue. */
  async close(): Promise<void> {
    clearInterval(this.#looking);
    this.#closing.abort();
    for (const running of this.#running.values()) running.abort(CLOSING);
    await Promise.all(this.#lanes.values());
  }

  async #giveUp(): Promise<void> {
    for (const job of await this.#options.store.giveUp()) {
      await this.#clearUp(job, job.error ?? '');
      this.#options.onChange(job);
    }
  }

  async #clearUp(job: JobRecord, reason: string): Promise<void> {
    await this.#options.handlers.find(({ kind }) => kind === job.kind)?.ended?.(job, reason);
  }

  async #drain(handler: JobHandler<unknown, unknown>): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const job = await this.#options.store.claim(handler.kind, this.#id);
      if (job === null) return;
      this.#options.onChange(job);
      await this.#run(handler, job);
    }
  }

  async #run(handler: JobHandler<unknown, unknown>, job: JobRecord): Promise<void> {
    const { store, onChange, onError } = this.#options;
    const stop = new AbortController();
    this.#running.set(job.id, stop);
    if (this.#closing.signal.aborted) stop.abort(CLOSING);
    let { progress, message } = job;
    let beating = Promise.resolve();
    let told = '';
    const beat = async () => {
      const answer = await store.beat(job.id, this.#id, progress, message);
      if (answer === null) stop.abort(LOST);
      else if (answer.cancelling) stop.abort(CANCELLED);
      const state = `${progress} ${message}`;
      if (answer !== null && state !== told) onChange(answer.job);
      told = state;
    };
    const timer = setInterval(() => {
      beating = beating.then(beat).catch(onError);
    }, BEAT_MS);
    const unwatch = this.#options.disk.watch((error) => stop.abort(error));
    const end = await this.#end(handler, job, stop.signal, (p, m) => {
      progress = p;
      message = m;
    });
    unwatch();
    clearInterval(timer);
    await beating;
    this.#running.delete(job.id);
    if (end === null) {
      if (stop.signal.reason === CLOSING) await store.release(job.id, this.#id);
      return;
    }
    await store.beat(job.id, this.#id, progress, message);
    // Before the end is stored: should this process die in between, the job is run and cleared up once more.
    if (end.status !== 'SUCCEEDED')
      await this.#clearUp(job, end.status === 'FAILED' ? end.error : CANCELLED.message);
    const finished = await store.finish(job.id, this.#id, end);
    if (finished !== null) onChange(finished);
  }

  /** How the job ended; null: it did not, but is no more the runner's. */
  async #end(
    handler: JobHandler<unknown, unknown>,
    job: JobRecord,
    signal: AbortSignal,
    report: (progress: number, message: string) => void,
  ): Promise<JobEnd | null> {
    try {
      return { status: 'SUCCEEDED', result: await handler.run(job, { report, signal }) };
    } catch (error) {
      if (signal.reason === CANCELLED) return { status: 'CANCELLED' };
      // The disk is full, and it was not only that there is no room for what the job came to.
      if (signal.reason instanceof ClientError) return { status: 'FAILED', error: signal.reason.message };
      if (signal.aborted || isOutage(error)) return null;
      if (error instanceof ClientError) return { status: 'FAILED', error: error.message };
      this.#options.onError(error);
      if (error instanceof NoProcessError) return { status: 'FAILED', error: error.message };
      return { status: 'FAILED', error: 'Something went wrong in the gateway: its log says what' };
    }
  }
}

/** The job can do nothing for it: it counts as lost in a while, and is taken up again. */
function isOutage(error: unknown): boolean {
  return error instanceof ClientError && error.extensions.code === 'STORAGE_UNAVAILABLE';
}

const CANCELLED = new Error('The job was cancelled');
const CLOSING = new Error('The gateway closes');
const LOST = new Error('Another process took the job up');
