import { Child } from './child';
import { type Contender, compare, print } from './compare';
import { type Server, startGateway } from './gateway';
import type { LoadKind, LoadOrder } from './http-load';
import type { Measured } from './measured';

const SECONDS = 4;

/** (a) `assignCluster` against stock Apollo with constant answers. */
export async function measureAssign(dataDir: string): Promise<void> {
  print('\n(a) assignCluster: new users, everything selected, committed before the answer; 64 in flight');
  await measure(
    dataDir,
    { name: 'gateway', kind: 'assign' },
    { name: 'stock Apollo', kind: 'assign', script: require.resolve('./stock-apollo') },
  );
}

/** (b) `POST /cluster` against bare Fastify. */
export async function measureCluster(dataDir: string): Promise<void> {
  print('\n(b) POST /cluster; 64 in flight');
  await measure(
    dataDir,
    { name: 'gateway', kind: 'cluster' },
    { name: 'bare Fastify', kind: 'bare', script: require.resolve('./bare-fastify') },
  );
}

interface Side {
  readonly name: string;
  readonly kind: LoadKind;
}

async function measure(
  dataDir: string,
  ours: Side,
  theirs: Side & { readonly script: string },
): Promise<void> {
  const gateway = await startGateway(dataDir);
  const rival = new Child([theirs.script]);
  const rivalPort = await rival.listening();
  const loader = new Child([require.resolve('./http-load')]);
  const contender = ({ name, kind }: Side, { child, port }: Server): Contender => ({
    name,
    child,
    load: () => loader.ask<Measured>({ kind, port, seconds: SECONDS } satisfies LoadOrder),
  });

  await compare('request', [contender(ours, gateway), contender(theirs, { child: rival, port: rivalPort })]);
  print(`  the gateway's event-loop lag: p99 ${(await eventLoopLag(gateway.port)).toFixed(1)} ms`);
  await Promise.all([loader.stop(), rival.stop(), gateway.child.stop()]);
}

/** Milliseconds. */
async function eventLoopLag(port: number): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(/^nodejs_eventloop_lag_p99_seconds (\S+)/m.exec(metrics)?.[1]) * 1000;
}
