import { setPriority } from 'node:os';
import { join } from 'node:path';
import { ClientError, type ErrorCode } from '../errors';
import { packageRoot } from '../package-root';
import type { Task } from './task';

/** What the process of a task tells the one that started it. */
export type TaskMessage =
  | { readonly kind: 'progress'; readonly progress: number; readonly message: string }
  | { readonly kind: 'output'; readonly output: unknown }
  | {
      readonly kind: 'error';
      readonly code: ErrorCode | null;
      readonly message: string;
      readonly stack: string;
    };

/** Niceness: the gateway's own threads come first, whatever the task does. */
const LOW_PRIORITY = 19;
const PROGRESS_MS = 100;

let lastProgress = 0;

// The one who waits for this process is gone: so is the reason to work on.
process.on('disconnect', () => process.exit(1));
process.once('message', ({ module, input }: { module: string; input: unknown }) => {
  run(module, input).then(
    (output) => tell({ kind: 'output', output }, () => process.disconnect()),
    (error: Error) => {
      const code = error instanceof ClientError ? error.extensions.code : null;
      tell({ kind: 'error', code, message: error.message, stack: error.stack ?? '' }, () =>
        process.disconnect(),
      );
    },
  );
});

async function run(module: string, input: unknown): Promise<unknown> {
  setPriority(LOW_PRIORITY);
  const file = module.startsWith('/') ? module : join(packageRoot, 'dist', `${module}.js`);
  const { task } = (await import(file)) as { task: Task<unknown, unknown> };
  return task.run(input, (progress, message) => {
    const now = Date.now();
    if (now - lastProgress < PROGRESS_MS) return;
    lastProgress = now;
    tell({ kind: 'progress', progress, message });
  });
}

function tell(message: TaskMessage, told?: () => void): void {
  process.send?.(message, undefined, undefined, told);
}
