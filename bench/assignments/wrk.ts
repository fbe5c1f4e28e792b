import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ASSIGN_START, CITIES, SELECTIONS } from '../requests';

const SCRIPT = 'bench/assignments/assign.lua';

export interface WrkLoad {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
}

/** What wrk saw; milliseconds. */
export interface WrkResult {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** Assigns new users with wrk, which costs next to nothing beside what it measures. */
export class Wrk {
  readonly #parts: string;

  /** @param directory where the parts of the requests are put for wrk to read. */
  constructor(directory: string) {
    this.#parts = join(directory, 'requests.txt');
    writeFileSync(this.#parts, [ASSIGN_START, CITIES.join('|'), ...SELECTIONS].join('\n'));
  }

  /** @throws Error when a request was not answered with 200. */
  async load({ port, connections, seconds }: WrkLoad): Promise<WrkResult> {
    const users = `${randomBytes(4).toString('hex')}-`;
    const { stdout } = await promisify(execFile)('wrk', [
      ...['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '-s', SCRIPT],
      ...[`http://127.0.0.1:${port}`, '--', this.#parts, users],
    ]);
    if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(stdout);
    const figure = (pattern: RegExp) => pattern.exec(stdout) ?? [];
    return {
      requests: Number(figure(/(\d+) requests in/)[1]),
      perSecond: Number(figure(/Requests\/sec:\s+([\d.]+)/)[1]),
      p50: milliseconds(figure(/50%\s+([\d.]+)(us|ms|s)/)),
      p99: milliseconds(figure(/99%\s+([\d.]+)(us|ms|s)/)),
    };
  }
}

function milliseconds([, value, unit]: readonly string[]): number {
  return Number(value) * (unit === 's' ? 1000 : unit === 'us' ? 0.001 : 1);
}
