import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { ClientError } from '../errors';
import { packageRoot } from '../package-root';
import type { JobControl } from './job';
import type { TaskName } from './task';
import type { TaskMessage } from './task-process';

/** Processes run compiled code, also when this file itself is compiled on the fly. */
const PROCESS_FILE = join(packageRoot, 'dist/jobs/task-process.js');

/** Tasks keep their data outside of V8's heap, or for long: room for young objects would only be memory. */
const SMALL_NURSERY = ['--max-semi-space-size=2'];

/**
 * Runs a task in a process of its own; an abort kills it.
 *
 * @throws what the task threw (a ClientError as such), the signal's reason, or Error when the process died.
 */
export async function runTask<Input, Output>(
  { module }: TaskName<Input, Output>,
  input: Input,
  { report, signal }: JobControl,
): Promise<Output> {
  signal.throwIfAborted();
  const child = fork(PROCESS_FILE, {
    execArgv: SMALL_NURSERY,
    serialization: 'json',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const kill = () => child.kill('SIGKILL');
  signal.addEventListener('abort', kill);
  try {
    child.send({ module, input });
    return (await answerOf(child, report)) as Output;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', kill);
  }
}

/** Settles when the process has ended: what it wrote is then whole, what it held is free. */
function answerOf(child: ChildProcess, report: JobControl['report']): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let answer: Exclude<TaskMessage, { kind: 'progress' }> | undefined;
    let complaint = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-4_000);
    });
    child.on('message', (message: TaskMessage) => {
      if (message.kind === 'progress') report(message.progress, message.message);
      else answer = message;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (answer === undefined)
        reject(new Error(`The task's process died (${signal ?? code}): ${complaint}`));
      else if (answer.kind === 'output') resolve(answer.output);
      else reject(errorOf(answer));
    });
  });
}

function errorOf({ code, message, stack }: Extract<TaskMessage, { kind: 'error' }>): Error {
  return code === null ? Object.assign(new Error(message), { stack }) : new ClientError(code, message);
}
