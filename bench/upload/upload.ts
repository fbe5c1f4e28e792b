import { readdirSync, readFileSync } from 'node:fs';
import { Child } from '../child';
import { print } from '../compare';
import { startGateway } from '../gateway';
import type { Measured } from '../measured';
import type { PacedOrder } from '../paced-load';
import { customersCsv } from './customers-csv';

const MEGABYTES = 100;
const PER_SECOND = 100;
const IDLE_SECONDS = 6;

/** (e) Uploads a large CSV to READY: how fast alone, and at whose cost while people are being assigned. */
export async function measureUpload(dataDir: string): Promise<void> {
  print(`\n(e) POST /datasets: ${MEGABYTES} MB of CSV to READY`);
  const csv = customersCsv(MEGABYTES * 1e6);
  const gateway = await startGateway(dataDir);
  for (const time of ['first', 'second', 'third']) {
    const started = performance.now();
    await upload(gateway.port, Buffer.concat([csv, Buffer.from(`${time},North,2024-01-17,1,1,Surf,no\n`)]));
    const took = (performance.now() - started) / 1000;
    print(`  alone, the ${time} time: ${(csv.length / 1e6 / took).toFixed(0)} MB/s (${took.toFixed(1)} s)`);
  }
  print(`  beside ${PER_SECOND} assignCluster/s:`);
  const loader = new Child([require.resolve('../paced-load')]);
  const order = { port: gateway.port, perSecond: PER_SECOND };
  await loader.ask<Measured>({ ...order, seconds: 3 } satisfies PacedOrder); // warms up
  const idle = await loader.ask<Measured>({ ...order, seconds: IDLE_SECONDS } satisfies PacedOrder);
  tell('idle', idle);

  const memory = watchMemory(gateway.child.pid);
  const busy = loader.ask<Measured>({ ...order, seconds: null } satisfies PacedOrder);
  const started = performance.now();
  await upload(gateway.port, csv);
  const took = (performance.now() - started) / 1000;
  loader.tell('stop');
  const meanwhile = await busy;
  const { before, most } = memory.stop();
  tell('meanwhile', meanwhile);
  print(
    `  ${(csv.length / 1e6 / took).toFixed(0)} MB/s to READY (${took.toFixed(1)} s), memory of the gateway and its processes ` +
      `+${((most - before) / 1e6).toFixed(0)} MB, p99 ${(meanwhile.latency.p99 / idle.latency.p99).toFixed(2)} × idle`,
  );
  await Promise.all([loader.stop(), gateway.child.stop()]);
}

function tell(name: string, { units, seconds, latency: { p50, p99, max }, failures }: Measured): void {
  print(
    `  ${name.padEnd(10)} ${(units / seconds).toFixed(0)}/s, latency p50 ${p50.toFixed(1)} p99 ${p99.toFixed(1)} max ${max.toFixed(0)} ms, ${failures} failures`,
  );
}

async function upload(port: number, csv: Buffer): Promise<void> {
  const url = `http://127.0.0.1:${port}`;
  const response = await fetch(`${url}/datasets?name=customers`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
    body: csv,
  });
  const { id } = (await response.json()) as { id: string };
  for (;;) {
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: `{ dataset(id: "${id}") { status error } }` }),
    });
    const { data } = (await answer.json()) as { data: { dataset: { status: string; error: string | null } } };
    if (data.dataset.status === 'READY') return;
    if (data.dataset.status === 'FAILED') throw new Error(String(data.dataset.error));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Memory of a process and all below it, in bytes, what they share counted once; looked at every 50 ms. Linux only. */
function watchMemory(pid: number): { stop(): { before: number; most: number } } {
  const before = memoryOf(pid);
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, memoryOf(pid));
  }, 50);
  return {
    stop() {
      clearInterval(timer);
      return { before, most };
    },
  };
}

function memoryOf(pid: number): number {
  try {
    const own = Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]) * 1024;
    const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
    return children.reduce((sum, child) => sum + memoryOf(child), own);
  } catch {
    return 0; // it has just ended
  }
}
