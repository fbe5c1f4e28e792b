import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from './child';
import { type Contender, compare, print } from './compare';
import { startGateway } from './gateway';
import type { LoadOrder } from './http-load';
import type { Measured } from './measured';
import type { PacedOrder } from './paced-load';

const SECONDS = 4;
const OPERATOR_KEY = 'the-key-of-the-operator';
const WRONG_PER_SECOND = 100;
const WRONG_SECONDS = 60;
const GOOD_PER_SECOND = 100;

/** (f) What credentials cost: with an API key against the open gateway, and while somebody tries wrong ones. */
export async function measureCredentials(dataDir: string): Promise<void> {
  print('\n(f) assignCluster with an API key against the open gateway; 64 in flight');
  const keyedDir = mkdtempSync(join(tmpdir(), 'tertulia-bench-'));
  process.on('exit', () => rmSync(keyedDir, { recursive: true, force: true, maxRetries: 5 }));
  const open = await startGateway(dataDir);
  const keyed = await startGateway(keyedDir, { ADMIN_API_KEY: OPERATOR_KEY });
  const authorization = `Bearer ${await createKey(keyed.port)}`;
  const loader = new Child([require.resolve('./http-load')]);
  const load = (order: Omit<LoadOrder, 'kind' | 'seconds'>) => () =>
    loader.ask<Measured>({ ...order, kind: 'assign', seconds: SECONDS } satisfies LoadOrder);
  const contenders: Contender[] = [
    { name: 'with a key', child: keyed.child, load: load({ port: keyed.port, authorization }) },
    { name: 'open', child: open.child, load: load({ port: open.port }) },
  ];
  await compare('request', contenders);
  await Promise.all([loader.stop(), open.child.stop()]);

  print(`  beside ${WRONG_PER_SECOND} wrong keys a second for ${WRONG_SECONDS} s:`);
  const paced = new Child([require.resolve('./paced-load')]);
  const good = { port: keyed.port, perSecond: GOOD_PER_SECOND, authorization };
  const calm = await paced.ask<Measured>({ ...good, seconds: 15 } satisfies PacedOrder);
  const before = keyed.child.residentMegabytes();
  const meanwhile = paced.ask<Measured>(
    { ...good, seconds: null } satisfies PacedOrder,
    WRONG_SECONDS * 2_000,
  );
  await tryWrongKeys(keyed.port);
  paced.tell('stop');
  const { latency, failures } = await meanwhile;
  print(
    `  good keys: p99 ${calm.latency.p99.toFixed(1)} ms before, ${latency.p99.toFixed(1)} ms meanwhile ` +
      `(${(latency.p99 / calm.latency.p99).toFixed(2)} ×), ${failures} failures; ` +
      `memory ${before.toFixed(0)} MB before, ${keyed.child.residentMegabytes().toFixed(0)} MB after`,
  );
  await Promise.all([paced.stop(), keyed.child.stop()]);
}

async function createKey(port: number): Promise<string> {
  const query = 'mutation { createApiKey(input: { role: APP, label: "bench" }) { secret } }';
  const { data } = (await (await post(port, query, `Bearer ${OPERATOR_KEY}`)).json()) as {
    data: { createApiKey: { secret: string } };
  };
  return data.createApiKey.secret;
}

async function tryWrongKeys(port: number): Promise<void> {
  const start = performance.now();
  const asked: Promise<unknown>[] = [];
  for (let n = 0; n < WRONG_PER_SECOND * WRONG_SECONDS; ) {
    const due = Math.floor(((performance.now() - start) / 1000) * WRONG_PER_SECOND);
    for (; n < due; n++) {
      const key = `tk_${randomBytes(6).toString('hex')}_${randomBytes(32).toString('base64url')}`;
      asked.push(post(port, '{ __typename }', `Bearer ${key}`).then((response) => response.text()));
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await Promise.all(asked);
}

function post(port: number, query: string, authorization: string): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify({ query }),
  });
}
