import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const INTERRUPTED = 130;

export interface Workplace {
  /** An empty folder for what is needed on the way. */
  readonly folder: string;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/**
 * Gives work a folder that is gone afterwards, however it ended: done, failed, interrupted.
 *
 * Ctrl-C aborts the work; if it does not end at once, a second one ends the process.
 */
export async function inWorkplace<Result>(work: (workplace: Workplace) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'tertulia-'));
  const abort = new AbortController();
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const interrupt = () => {
    if (abort.signal.aborted) process.exit(INTERRUPTED);
    abort.abort();
  };
  process.on('exit', remove);
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    return await work({ folder, signal: abort.signal });
  } finally {
    remove();
    process.off('exit', remove);
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}
