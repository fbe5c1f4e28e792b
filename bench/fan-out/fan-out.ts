import { setTimeout as wait } from 'node:timers/promises';
import { Child } from '../child';
import { type Contender, compare, print } from '../compare';
import { type Server, startGateway } from '../gateway';
import type { Cause, Delivered, Open } from './readers';
import type { RivalName } from './rival';

const SOCKETS = 2_000;
const EVENTS = 50;

interface Audience extends Contender {
  readonly readers: Child;
}

/** (d) One event to 2,000 sockets, against a bare broadcast of the same bytes and graphql-ws's own server. */
export async function measureFanOut(dataDir: string): Promise<void> {
  print('\n(d) one event to 2,000 sockets, from the request that causes it to its arrival at each of them');
  const gateway = await startGateway(dataDir);
  const assigning = await assignmentCost(gateway);
  const ours = { ...(await gather('gateway', gateway)), causeSeconds: assigning / SOCKETS };
  const { message } = await ours.readers.ask<Delivered>({ events: 1 } satisfies Cause);
  const bare = await gather('bare ws', await startRival('bare-ws', message));
  const stock = await gather('graphql-ws', await startRival('graphql-ws', message));
  const audiences = [ours, bare, stock];

  await compare('delivery', audiences);
  for (const { name, readers } of audiences) {
    const { untilAll } = await readers.ask<Delivered>({ events: EVENTS } satisfies Cause);
    print(
      `  ${name}: all ${SOCKETS} have an event after p50 ${untilAll.p50.toFixed(1)} p95 ${untilAll.p95.toFixed(1)} ` +
        `p99 ${untilAll.p99.toFixed(1)} ms`,
    );
  }
  print(
    `  the gateway's latencies include the assignment that causes the event, committed before it is told; its CPU does ` +
      `not: ${(assigning * 1e6).toFixed(0)} µs, ${((assigning * 1e6) / SOCKETS).toFixed(2)} µs a delivery`,
  );
  for (const { child, readers } of audiences) {
    await readers.stop();
    await child.stop();
  }
}

/** Opens the sockets, from a process for each server. */
async function gather(name: string, { child, port }: Server): Promise<Audience> {
  const readers = new Child([require.resolve('./readers')]);
  await readers.ask({ port, sockets: SOCKETS } satisfies Open);
  await wait(1_000); // a subscription is not acknowledged
  return { name, child, readers, load: () => readers.ask<Delivered>({ events: EVENTS } satisfies Cause) };
}

async function startRival(name: RivalName, message: string): Promise<Server> {
  const child = new Child([require.resolve('./rival'), name, message]);
  return { child, port: await child.listening() };
}

/** Seconds of CPU for one assignment while nobody watches. */
async function assignmentCost({ child, port }: Server): Promise<number> {
  const nobody = new Child([require.resolve('./readers')]);
  await nobody.ask({ port, sockets: 0 } satisfies Open);
  const assignments = { events: 4 * EVENTS } satisfies Cause;
  for (let i = 0; i < 5; i++) await nobody.ask(assignments); // warms up
  const before = child.cpuSeconds();
  await nobody.ask(assignments);
  await nobody.stop();
  return (child.cpuSeconds() - before) / assignments.events;
}
