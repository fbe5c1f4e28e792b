import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { buildSchema, getIntrospectionQuery } from 'graphql';
import { DocumentStore } from '../src/graphql/documents/document-store';
import { OperationRefused } from '../src/graphql/documents/operation-refused';
import { print } from './compare';
import { startGateway } from './gateway';

const AT_ONCE = 300;
const SEARCH_MS = 20_000;
const MAX_BYTES = 7_900;

/** (i) Documents that are meant to cost much: what refusing them takes, and how long everybody else waits meanwhile. */
export async function measureDocuments(dataDir: string): Promise<void> {
  print(
    `\n(i) Documents of at most ${MAX_BYTES} bytes that are new each time: milliseconds to read, the median of 15`,
  );
  const read = reader();
  for (const [name, source] of Object.entries(SEEDS)) await show(name, source, read);
  const worst = await climb(read);
  await show('found by search', worst, read);

  print(`  ${AT_ONCE} at once: the longest that a probe waited meanwhile`);
  const { child, port } = await startGateway(dataDir);
  for (const [name, source] of Object.entries({ ...SEEDS, 'found by search': worst })) {
    await waitBeside(port, name, (n) => JSON.stringify({ query: `${source} # ${n}` }));
  }
  await waitBeside(port, 'a body of 250 KB', (n) =>
    JSON.stringify({ query: '{ __typename }', variables: { n, text: Array(40_000).fill({}) } }),
  );
  await child.stop();
}

type Read = (source: string) => Promise<string>;

function reader(): Read {
  const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));
  const store = new DocumentStore({ schema, explorer: true, keptBytes: 0 });
  return async (source) => {
    try {
      await store.get(source, 'bench');
      return 'valid';
    } catch (error) {
      if (error instanceof OperationRefused) return error.message;
      throw error;
    }
  };
}

async function timeOf(source: string, read: Read, times: number): Promise<number> {
  const taken: number[] = [];
  for (let n = 0; n < times; n++) {
    await turn();
    const start = performance.now();
    await read(source);
    taken.push(performance.now() - start);
  }
  return taken.sort((a, b) => a - b)[times >> 1] ?? Number.NaN;
}

async function show(name: string, source: string, read: Read): Promise<void> {
  const ms = await timeOf(source, read, 15);
  print(
    `  ${name.padEnd(22)}${String(source.length).padStart(6)} B ${ms.toFixed(2).padStart(7)} ms  ${(await read(source)).slice(0, 70)}`,
  );
}

/** Changes the costliest document a little, again and again, and keeps what costs more. */
async function climb(read: Read): Promise<string> {
  const pieces = Object.values(SEEDS).flatMap((source) => source.match(/\w+|[^\s\w]+/g) ?? []);
  const pick = <T>(from: readonly T[]) => from[Math.floor(Math.random() * from.length)] as T;
  let [best, bestMs] = ['', 0];
  const end = performance.now() + SEARCH_MS;
  for (let n = 0; performance.now() < end; n++) {
    const from = n % 5 === 0 || best === '' ? pick(Object.values(SEEDS)) : best;
    const tokens = from.split(/(\s+|\b)/);
    for (let change = 0; change < 1 + Math.random() * 4; change++) {
      const at = Math.floor(Math.random() * tokens.length);
      const length = Math.floor(Math.random() * 40);
      const kind = Math.random();
      if (kind < 0.3) tokens.splice(at, 1, pick(pieces));
      else if (kind < 0.5) tokens.splice(at, length);
      else tokens.splice(at, 0, ...tokens.slice(at, at + length).flatMap((token) => Array(2).fill(token)));
    }
    const source = tokens.join('').slice(0, MAX_BYTES);
    const once = await timeOf(source, read, 1);
    if (once <= bestMs) continue;
    const ms = await timeOf(source, read, 5); // once may be the machine
    if (ms > bestMs) [best, bestMs] = [source, ms];
  }
  return best;
}

/** Sends many requests at once, each other than the rest, and looks how long a probe waits. */
async function waitBeside(port: number, name: string, bodyOf: (n: number) => string): Promise<void> {
  const url = `http://127.0.0.1:${port}`;
  const probe = new Worker(PROBE, { eval: true, workerData: `${url}/health/live` });
  await once(probe, 'message');
  const bodies = Array.from({ length: AT_ONCE }, (_, n) => bodyOf(n));
  const start = performance.now();
  await Promise.all(
    bodies.map(async (body) => {
      const headers = { 'content-type': 'application/json' };
      await (await fetch(`${url}/graphql`, { method: 'POST', headers, body })).text();
    }),
  );
  const all = performance.now() - start;
  probe.postMessage('stop');
  const [longest] = (await once(probe, 'message')) as [number];
  print(
    `  ${name.padEnd(22)} all answered after ${all.toFixed(0).padStart(6)} ms, longest wait ${longest.toFixed(0)} ms`,
  );
}

/** On a thread of its own: the load must not count. Tells when it has begun, and how long the longest answer took. */
const PROBE = `
  const { parentPort, workerData } = require('node:worker_threads');
  let running = true;
  parentPort.once('message', () => { running = false; });
  (async () => {
    await (await fetch(workerData)).text();
    parentPort.postMessage('begun');
    let longest = 0;
    while (running) {
      const start = performance.now();
      await (await fetch(workerData)).text();
      longest = Math.max(longest, performance.now() - start);
    }
    parentPort.postMessage(longest);
  })();`;

function repeat(times: number, piece: (n: number) => string): string {
  return Array.from({ length: times }, (_, n) => piece(n)).join(' ');
}

const SEEDS: Readonly<Record<string, string>> = {
  introspection: getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true, oneOf: true }),
  'introspection, aliased': `{ __schema { types { ${repeat(28, (n) => `a${n}: fields { name description type { name } }`)} } } }`,
  'fragments doubled': `{ __schema { types { ...f0 } } } ${repeat(40, (n) => `fragment f${n} on __Type { ...f${n + 1} ...f${n + 1} }`)} fragment f40 on __Type { name }`,
  'fields repeated': `{ organization { ${repeat(270, () => 'quotas { jobs { used } }')} } }`,
  'fields inside repeated': `{ heatmap { ${repeat(400, () => 'segments { key }')} } }`,
  'variables repeated': `query (${repeat(480, () => '$a: Int')}) { segments { key } }`,
  'types unknown': `query (${repeat(390, (n) => `$a${n}: Strin`)}) { segments { key } }`,
  'fields unknown': `{ organization { ${repeat(400, (n) => `quota${n}`)} } }`,
  'inputs unknown': `mutation { assignCluster(input: { ${repeat(480, (n) => `surg${n}: 1`)} }) { cluster } }`,
  'fragments in circles': `{ ...f0 } ${repeat(25, (n) => `fragment f${n} on Query { ${repeat(25, (m) => `...f${m}`)} }`)}`,
  'all that may be asked': `{ ${repeat(4, (n) => `a${n}: cities(first: 100) { edges { node { name seq memberCount } cursor } }`)} }`,
};
