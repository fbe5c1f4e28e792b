import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { packageRoot } from '../../package-root';
import { type Procedure, type Queryable, SCOPED_ROLE, type Transaction } from '../database';
import { DiskSpace } from '../disk-space';
import type { Durability } from '../durability';
import { openPglite } from './open-pglite';

export interface WorkerOptions {
  /** Of the database's files. */
  readonly directory: string;
  readonly durability: Durability;
  readonly diskReserveBytes: number;
}

/** What the gateway's thread asks: a statement, or a procedure in a transaction; organization null: of the system. */
export type WorkerRequest = { readonly id: number; readonly organization: string | null } & (
  | { readonly sql: string; readonly parameters: readonly unknown[] }
  | { readonly module: string; readonly json: string }
);

/** An error's parts: errors lose their fields between threads. */
interface ErrorParts {
  readonly message: string;
  readonly code: string | null;
}

/** What this thread answers; or that the database has stopped, and answers nothing more. */
export type WorkerReply =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: ErrorParts }
  | { readonly stopped: ErrorParts };

const port = parentPort;
if (port === null) throw new Error('pglite-worker runs in a worker thread');

// PGlite answers in microtasks on the thread that calls it, so a busy caller would starve its own timers:
// hence this thread, which does nothing else.
const { directory, durability, diskReserveBytes } = workerData as WorkerOptions;
const disk = new DiskSpace(directory, diskReserveBytes);
const opened = openPglite(directory, durability, disk);
/** Requests wait for one another: there is but one connection, and a transaction has it for itself. */
let turn: Promise<unknown> = opened.then(
  () => port.postMessage({ id: 0, result: null } satisfies WorkerReply),
  (error: Error) => {
    port.postMessage(failure(0, error));
    port.close();
  },
);

port.on('message', (request: WorkerRequest | 'close') => {
  turn = turn.then(() => (request === 'close' ? close() : answer(request))).then(checkpointIfDue);
});

async function answer(request: WorkerRequest): Promise<void> {
  try {
    await keepReserve();
    await enter(request.organization);
    const result =
      'sql' in request ? await connection.query(request.sql, request.parameters) : await call(request);
    port?.postMessage({ id: request.id, result } satisfies WorkerReply);
  } catch (error) {
    port?.postMessage(failure(request.id, error as Error));
  }
}

const connection: Queryable = {
  async query<Row extends object>(sql: string, parameters: readonly unknown[] = []) {
    const { database } = await opened;
    return (await unlessStopped(database.query<Row>(sql, [...parameters]))).rows;
  },
};

/** Without parameters the simple protocol does, at a third of the cost. */
async function control(statement: 'begin' | 'commit' | 'rollback'): Promise<void> {
  const { database } = await opened;
  await unlessStopped(database.exec(statement));
}

/** An answer of the database. When it has stopped there is none: whatever else were asked of it, PGlite would spin. */
async function unlessStopped<Result>(answer: Promise<Result>): Promise<Result> {
  try {
    return await answer;
  } catch (error) {
    if (!hasStopped(error)) throw error;
    const { message, code = null } = error as Error & { code?: string | null };
    port?.postMessage({ stopped: { message, code } } satisfies WorkerReply);
    return new Promise<never>(() => undefined);
  }
}

/** There is no way to the database to be spared. */
const transaction: Transaction = { ...connection, last: connection.query };

/** After a PANIC, or a trap in WebAssembly, nothing in its memory can be relied on. */
function hasStopped(error: unknown): boolean {
  const { severity, name } = error as { severity?: string; name?: string };
  return severity === 'PANIC' || severity === 'FATAL' || name === 'RuntimeError' || name === 'ExitStatus';
}

const LOOK_MS = 100;
let lookAfter = 0;
let readOnly = false;

/** With less than the reserve free, PostgreSQL itself refuses to write. */
async function keepReserve(): Promise<void> {
  const now = performance.now();
  if (diskReserveBytes === 0 || now < lookAfter) return;
  lookAfter = now + LOOK_MS;
  const isShort = disk.free() < diskReserveBytes;
  if (isShort === readOnly) return;
  await connection.query(`set default_transaction_read_only = ${isShort ? 'on' : 'off'}`);
  readOnly = isShort;
}

/** Whose rights the connection has now. It is ours alone, so they last until somebody else's turn. */
let entered: string | null = null;

async function enter(organization: string | null): Promise<void> {
  if (organization === entered) return;
  await connection.query(
    "select set_config('role', $1, false), set_config('tertulia.organization', $2, false)",
    [organization === null ? 'none' : SCOPED_ROLE, organization ?? ''],
  );
  entered = organization;
}

/** A procedure's output, as JSON. */
async function call({ module, json }: { readonly module: string; readonly json: string }): Promise<string> {
  const { procedure } = (await import(moduleFile(module))) as { procedure: Procedure<unknown, unknown> };
  await control('begin');
  try {
    const output = await procedure.run(transaction, JSON.parse(json));
    await control('commit');
    return JSON.stringify(output);
  } catch (error) {
    await control('rollback');
    throw error;
  }
}

function moduleFile(module: string): string {
  return module.startsWith('/') ? module : join(packageRoot, 'dist', `${module}.js`);
}

function failure(id: number, { message, code = null }: Error & { code?: string | null }): WorkerReply {
  return { id, error: { message, code } };
}

async function close(): Promise<void> {
  const { database } = await opened;
  await database.close();
  port?.close();
}

/** Bytes written between checkpoints: so much is read again after a crash, at most. */
const CHECKPOINT_BYTES = 128 * 1024 ** 2;
let nextCheckpoint = CHECKPOINT_BYTES;

/** No process in the background does it for PGlite: the log would grow for as long as the gateway runs. */
async function checkpointIfDue(): Promise<void> {
  const { files } = await opened;
  if (files.written < nextCheckpoint) return;
  try {
    await enter(null);
    await connection.query('checkpoint');
    nextCheckpoint = files.written + CHECKPOINT_BYTES;
  } catch {
    // The log is kept and nothing is lost: it is tried again soon.
    nextCheckpoint = files.written + CHECKPOINT_BYTES / 8;
  }
}
