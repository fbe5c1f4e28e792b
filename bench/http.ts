import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from './child';
import type { HttpLoadResult, LoadKind } from './http-load';
import { load } from './load';

const ROUNDS = 3;
const SECONDS = 8;
/** As `npm start` does it. */
const GATEWAY = ['--v8-pool-size=2', 'dist/main.js', 'serve'];
const GATEWAY_PORT = 4711;
const STOCK_PORT = 4712;

interface Contender {
  readonly name: string;
  readonly kind: LoadKind;
  readonly port: number;
  readonly child: Child;
}

/** (a) `assignCluster` against stock Apollo with constant answers, (b) `POST /cluster` against bare Fastify. */
export async function measureHttp(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tertulia-bench-'));
  const started = performance.now();
  const environment = { DATA_DIR: dataDir, PORT: String(GATEWAY_PORT) };
  const gateway = await Child.start(GATEWAY, environment, '"msg":"Serving"');
  print(`ready ${Math.round(performance.now() - started)} ms after the first start, its database included`);
  const stock = await Child.start([join(__dirname, 'stock-apollo.js'), String(STOCK_PORT)], {}, 'listening');

  print('\n(a) assignCluster: new users, everything selected, committed; 64 in flight');
  await compare(
    { name: 'gateway', kind: 'assign', port: GATEWAY_PORT, child: gateway },
    { name: 'stock Apollo', kind: 'assign', port: STOCK_PORT, child: stock },
  );
  print(
    `  event-loop lag p99 ${(await eventLoopLag()).toFixed(1)} ms, peak memory ${gateway.peakMegabytes().toFixed(0)} MB`,
  );

  print('\n(b) POST /cluster; 64 in flight');
  await compare(
    { name: 'gateway', kind: 'cluster', port: GATEWAY_PORT, child: gateway },
    { name: 'bare Fastify', kind: 'bare', port: STOCK_PORT, child: stock },
  );
  await stock.stop();
  await gateway.stop();

  const again = performance.now();
  const reopened = await Child.start(GATEWAY, environment, '"msg":"Serving"');
  print(`\nready ${Math.round(performance.now() - again)} ms after a start on the existing database`);
  await reopened.stop();
  rmSync(dataDir, { recursive: true });
}

/** Rounds in turn, so that both meet the machine in the same moods. */
async function compare(ours: Contender, theirs: Contender): Promise<void> {
  const ratios: number[] = [];
  await load(ours.kind, ours.port, 3); // warms up
  await load(theirs.kind, theirs.port, 3);
  for (let round = 0; round < ROUNDS; round++) {
    const mine = await measure(ours);
    const other = await measure(theirs);
    ratios.push(mine.perSecond / other.perSecond);
  }
  ratios.sort((a, b) => a - b);
  print(
    `  ratio ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}: median ${(ratios[ROUNDS >> 1] ?? 0).toFixed(2)} ×`,
  );
}

async function measure({ name, kind, port, child }: Contender): Promise<HttpLoadResult> {
  const before = child.cpuSeconds();
  const result = await load(kind, port, SECONDS);
  const cpu = ((child.cpuSeconds() - before) / result.requests) * 1e6;
  const { p50, p95, p99, max } = result.latency;
  print(
    `  ${name.padEnd(13)}${result.perSecond.toFixed(0).padStart(6)}/s, latency p50 ${p50.toFixed(1)} p95 ${p95.toFixed(1)} ` +
      `p99 ${p99.toFixed(1)} max ${max.toFixed(0)} ms, ${cpu.toFixed(0)} µs CPU a request, ${result.failures} failures`,
  );
  return result;
}

async function eventLoopLag(): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${GATEWAY_PORT}/metrics`)).text();
  return Number(/^nodejs_eventloop_lag_p99_seconds (\S+)/m.exec(metrics)?.[1]) * 1000;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
