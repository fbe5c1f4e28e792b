import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';

/** What the gateway's thread asks. */
export interface WorkerRequest {
  readonly id: number;
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** What this thread answers: rows, or an error's parts (errors lose their fields between threads). */
export type WorkerReply =
  | { readonly id: number; readonly rows: object[] }
  | { readonly id: number; readonly error: { readonly message: string; readonly code: string | null } };

const port = parentPort;
if (port === null) throw new Error('pglite-worker runs in a worker thread');

// PGlite answers in microtasks on the thread that calls it, so a busy caller would starve its own timers:
// hence this thread, which does nothing else.
const opened = PGlite.create(workerData as string);

port.on('message', async (request: WorkerRequest | 'close') => {
  const database = await opened;
  if (request === 'close') {
    await database.close();
    port.close();
    return;
  }
  const { id, sql, parameters } = request;
  try {
    const { rows } = await database.query<object>(sql, [...parameters]);
    port.postMessage({ id, rows } satisfies WorkerReply);
  } catch (error) {
    const { message, code = null } = error as Error & { code?: string };
    port.postMessage({ id, error: { message, code } } satisfies WorkerReply);
  }
});

opened.then(
  () => port.postMessage({ id: 0, rows: [] } satisfies WorkerReply),
  (error: Error) => {
    port.postMessage({ id: 0, error: { message: error.message, code: null } } satisfies WorkerReply);
    port.close();
  },
);
