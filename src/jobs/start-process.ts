import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** What passes by itself: no processes, memory or file descriptors left just now. */
const PASSING = new Set(['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE']);
const MOST_TRIES = 5;
/** Doubled with each further try. */
const FIRST_PAUSE_MS = 500;
/** Tasks keep their data outside of V8's heap, or for long: room for young objects would only be memory. */
const SMALL_NURSERY = ['--max-semi-space-size=2'];

/** The machine gives no process. Its message is for whoever asked for the work: it says what to do. */
export class NoProcessError extends Error {
  /** The system's own. */
  readonly code: string | undefined;

  constructor(cause: NodeJS.ErrnoException) {
    super(
      `The gateway could not start a process for it (${cause.code ?? cause.message}): the machine lacks processes, memory ` +
        'or file descriptors, or does not find Node.js any more. Try again later.',
      { cause },
    );
    this.name = 'NoProcessError';
    this.code = cause.code;
  }
}

/**
 * Starts a Node.js process with a channel for messages; where the machine has no room for one just now, it is tried
 * again for some seconds.
 *
 * @throws NoProcessError, or the signal's reason.
 */
export async function startProcess(
  file: string,
  signal: AbortSignal,
  onWait: (reason: string) => void,
): Promise<ChildProcess> {
  for (let tries = 1; ; tries++) {
    signal.throwIfAborted();
    try {
      return await tryOnce(file);
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (tries === MOST_TRIES || !PASSING.has(code))
        throw new NoProcessError(error as NodeJS.ErrnoException);
      onWait(`waiting for a process (${code})`);
      await sleep(FIRST_PAUSE_MS * 2 ** (tries - 1), undefined, { signal }).catch(() => undefined);
    }
  }
}

/** A failure to start is thrown, or told by an event: it depends on where the system refuses. */
async function tryOnce(file: string): Promise<ChildProcess> {
  const child = fork(file, {
    execArgv: SMALL_NURSERY,
    serialization: 'json',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  await once(child, 'spawn'); // or throws what its event "error" tells
  return child;
}
