import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

/** A process of its own, measured from outside. None outlives the one that started it. */
export class Child {
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #unlessEnded: Promise<never>;

  /** Starts `node` with these arguments. */
  constructor(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.#process = spawn(process.execPath, [...args], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    running.add(this.#process);
    this.#ended = once(this.#process, 'exit').finally(() => running.delete(this.#process));
    this.#unlessEnded = this.#ended.then(() => {
      throw new Error(`${args.join(' ')} ended`);
    });
    this.#unlessEnded.catch(() => {}); // an end is a failure only to those who wait for something else
  }

  /** The port that it serves, once its output tells the address. */
  listening(): Promise<number> {
    let output = '';
    const port = new Promise<number>((resolve) => {
      this.#process.stdout?.setEncoding('utf8').on('data', (text: string) => {
        if (output.length < 10_000) output += text;
        const told = /http:\/\/127\.0\.0\.1:(\d+)\D/.exec(output)?.[1];
        if (told) resolve(Number(told));
      });
    });
    return Promise.race([port, this.#unlessEnded]);
  }

  /** Sends a message; its answer is the next message back, within a minute unless said. */
  async ask<T>(question: object, withinMs = 60_000): Promise<T> {
    const answer = once(this.#process, 'message', { signal: AbortSignal.timeout(withinMs) });
    this.#process.send(question);
    const [message] = await Promise.race([answer, this.#unlessEnded]);
    return message as T;
  }

  /** Sends a message that has no answer. */
  tell(message: string): void {
    this.#process.send(message);
  }

  async stop(): Promise<void> {
    this.#process.kill('SIGTERM');
    await this.#ended;
  }

  /** Seconds of CPU so far, all threads. Linux only. */
  cpuSeconds(): number {
    const stat = readFileSync(`/proc/${this.pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // the command's name may hold blanks
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  /** Most megabytes of memory that were ever in use by the process and its children, together. Linux only. */
  peakMegabytes(): number {
    return [this.pid, ...childrenOf(this.pid)].reduce((sum, pid) => sum + peakOf(pid), 0);
  }

  /** Megabytes of memory in use now. Linux only. */
  residentMegabytes(): number {
    return (Number(readFileSync(`/proc/${this.pid}/statm`, 'utf8').split(' ')[1]) * 4096) / 1e6;
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}

function peakOf(pid: number): number {
  const line = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? 0) / 1000;
}
