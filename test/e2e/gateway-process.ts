import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Environment } from '../../src/config';
import { packageRoot } from '../../src/package-root';
import { Client } from './client';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Everything that it wrote. */
  readonly output: string;
}

const running = new Set<ChildProcess>();
afterAll(() => {
  for (const child of running) child.kill('SIGKILL'); // what a failed test left behind
});

/** `tertulia serve`, the compiled command line, in a process of its own. */
export class GatewayProcess {
  readonly exited: Promise<Exit>;
  readonly client: Promise<Client>;
  readonly #child: ChildProcess;
  #output = '';

  /**
   * @param environment all that it gets, but for any free port.
   * @param openFiles how many files it may have open at once.
   */
  constructor(environment: Environment, openFiles?: number) {
    const limit = openFiles === undefined ? '' : `ulimit -n ${openFiles}; `;
    const command = [process.execPath, join(packageRoot, 'dist/main.js'), 'serve'];
    const child = spawn('/bin/sh', ['-c', `${limit}exec "$@"`, 'sh', ...command], {
      env: { PORT: '0', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    this.#child = child;
    let ready: (url: string) => void;
    const url = new Promise<string>((resolve) => {
      ready = resolve;
    });
    const read = (text: string) => {
      this.#output += text;
      const served = /"url":"([^"]+)".*"msg":"Serving"/.exec(this.#output)?.[1];
      if (served !== undefined) ready(served);
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
    this.exited = once(child, 'close').then(([code, signal]) => {
      running.delete(child);
      return { code, signal, output: this.#output };
    });
    const died = this.exited.then(({ output }) => {
      throw new Error(`The gateway ended before it served:\n${output}`);
    });
    this.client = Promise.race([url, died]).then((found) => new Client(found));
    this.client.catch(() => undefined); // a test may expect it to end
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Resolves once its log holds this text. */
  async logged(text: string): Promise<void> {
    while (!this.#output.includes(text)) await once(this.#child.stdout as Readable, 'data');
  }

  /** Sends the signal. @returns how the process ends. */
  kill(signal: NodeJS.Signals): Promise<Exit> {
    this.#child.kill(signal);
    return this.exited;
  }
}
