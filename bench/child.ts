import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** A server under measurement, in a process of its own. */
export class Child {
  private constructor(private readonly process: ChildProcess) {}

  /** Starts `node` with these arguments, ready once its output holds `ready`. */
  static start(args: readonly string[], environment: Record<string, string>, ready: string): Promise<Child> {
    const child = spawn(process.execPath, args, {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return new Promise((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`${args.join(' ')} ended with code ${code}`)));
      let output = '';
      child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        if (output.includes(ready)) return;
        output += text;
        if (output.includes(ready)) resolve(new Child(child));
      });
    });
  }

  /** Seconds of CPU so far, all threads. Linux only. */
  cpuSeconds(): number {
    const fields = this.stat().split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  /** Most megabytes of memory that were ever in use by the process and its children, together. Linux only. */
  peakMegabytes(): number {
    return [this.pid, ...childrenOf(this.pid)].reduce((sum, pid) => sum + peakOf(pid), 0);
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.process.removeAllListeners('exit').once('exit', resolve));
    this.process.kill('SIGTERM');
    await ended;
  }

  private get pid(): number {
    return this.process.pid ?? 0;
  }

  /** What follows the command's name, which may hold blanks. */
  private stat(): string {
    const stat = readFileSync(`/proc/${this.pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2);
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
