import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { ClientError } from '../errors';
import { packageRoot } from '../package-root';
import type { JobControl } from './job';
import { startProcess } from './start-process';
import type { TaskName } from './task';
import type { TaskMessage } from './task-process';

/** Processes run compiled code, also when this file itself is compiled on the fly. */
const PROCESS_FILE = join(packageRoot, 'dist/jobs/task-process.js');

/**
 * Runs a task in a process of its own; an abort kills it.
 *
 * @throws what the task threw (a ClientError as such), the signal's reason, NoProcessError when there is none to have,
 *   or Error when the process died.
 */
export async function runTask<Input, Output>(
  { module }: TaskName<Input, Output>,
  input: Input,
  { report, signal }: JobControl,
): Promise<Output> {
  const child = await startProcess(PROCESS_FILE, signal, (reason) => report(0, reason));
  const kill = () => child.kill('SIGKILL');
  signal.addEventListener('abort', kill);
  try {
    if (signal.aborted) kill();
    return (await answerOf(child, { module, input }, report)) as Output;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', kill);
    kill(); // whatever failed, nothing goes on
  }
}

/** Settles when the process has ended: what it wrote is then whole, what it held is free. */
function answerOf(child: ChildProcess, request: object, report: JobControl['report']): Promise<unknown> {
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
    // A process that cannot be told what to do has died, or must.
    child.send(request, (error) => error && child.kill('SIGKILL'));
  });
}

function errorOf({ code, message, stack }: Extract<TaskMessage, { kind: 'error' }>): Error {
  return code === null ? Object.assign(new Error(message), { stack }) : new ClientError(code, message);
}
