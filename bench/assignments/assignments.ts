import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { Child } from '../child';
import { print } from '../compare';
import { type Server, startGateway } from '../gateway';
import { Wrk, type WrkResult } from './wrk';

const SERVER = process.env['TERTULIA_TEST_POSTGRES'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const WINDOWS = Number(process.env['TERTULIA_BENCH_WINDOWS'] ?? 12);
const WINDOW_SECONDS = 5;
const IN_FLIGHT = 64;
const CALM_SECONDS = 4;

interface Contender extends Server {
  readonly name: string;
}

/**
 * (g) `assignCluster` on databases that were just created, from the first second on, against the usual stack on the same
 * PostgreSQL server. The contenders take turns, a window each, so that they meet the machine in the same moods.
 */
export async function measureAssignments(): Promise<void> {
  print('\n(g) assignCluster: new users, everything selected, on databases just created');
  const directory = mkdtempSync(join(tmpdir(), 'tertulia-bench-'));
  const databases = new Databases();
  const wrk = new Wrk(directory);
  const contenders: Contender[] = [
    {
      name: 'gateway, PostgreSQL',
      ...(await startGateway(join(directory, 'a'), { DATABASE_URL: await databases.create() })),
    },
    { name: 'usual stack, PostgreSQL', ...(await startUsualStack(await databases.create())) },
    { name: 'gateway, embedded', ...(await startGateway(join(directory, 'b'))) },
    {
      name: 'gateway, embedded, DURABILITY=process',
      ...(await startGateway(join(directory, 'c'), { DURABILITY: 'process' })),
    },
  ];
  await sustained(wrk, contenders);
  await oneAtATime(wrk, contenders);
  await Promise.all(contenders.map(({ child }) => child.stop()));
  await databases.drop();
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
}

async function startUsualStack(url: string): Promise<Server> {
  const child = new Child([require.resolve('./usual-stack')], { DATABASE_URL: url });
  return { child, port: await child.listening() };
}

async function sustained(wrk: Wrk, contenders: readonly Contender[]): Promise<void> {
  print(`  ${IN_FLIGHT} in flight, ${WINDOWS} windows of ${WINDOW_SECONDS} s by turns:`);
  const windows: number[][] = contenders.map(() => []);
  for (let window = 0; window < WINDOWS; window++) {
    const results = await byTurns(contenders, ({ port }) =>
      wrk.load({ port, connections: IN_FLIGHT, seconds: WINDOW_SECONDS }),
    );
    print(
      `  ${results.map(({ perSecond }, i) => `${contenders[i]?.name} ${perSecond.toFixed(0)}/s`).join(', ')}`,
    );
    for (const [i, { perSecond }] of results.entries()) windows[i]?.push(perSecond);
  }
  for (const [i, { name }] of contenders.entries()) {
    const own = windows[i] ?? [];
    const flatness = Math.min(...own) / Math.max(...own);
    const ratio = median(own.map((perSecond, w) => (windows[0]?.[w] ?? Number.NaN) / perSecond));
    print(
      `  ${name}: lowest window / highest ${flatness.toFixed(2)}; the first one / this, median ${ratio.toFixed(2)} ×`,
    );
  }
}

async function oneAtATime(wrk: Wrk, contenders: readonly Contender[]): Promise<void> {
  print('  one request at a time:');
  for (let round = 0; round < 3; round++) {
    const results = await byTurns(contenders, ({ port }) =>
      wrk.load({ port, connections: 1, seconds: CALM_SECONDS }),
    );
    print(
      `  ${results.map(({ p50, p99 }, i) => `${contenders[i]?.name} p50 ${p50.toFixed(2)} p99 ${p99.toFixed(2)} ms`).join(', ')}`,
    );
  }
}

async function byTurns(
  contenders: readonly Contender[],
  load: (contender: Contender) => Promise<WrkResult>,
): Promise<WrkResult[]> {
  const results: WrkResult[] = [];
  for (const contender of contenders) results.push(await load(contender));
  return results;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** Databases of a run's own on the server. */
class Databases {
  readonly #names: string[] = [];

  async create(): Promise<string> {
    const name = `tertulia_bench_${randomUUID().replaceAll('-', '')}`;
    await administer(`create database ${name}`);
    this.#names.push(name);
    const url = new URL(SERVER);
    url.pathname = `/${name}`;
    return url.href;
  }

  async drop(): Promise<void> {
    for (const name of this.#names) await administer(`drop database ${name} with (force)`);
  }
}

async function administer(statement: string): Promise<void> {
  const client = new Client({ connectionString: SERVER });
  await client.connect();
  await client.query(statement);
  await client.end();
}
