/**
 * CPU of the server for each delivery to 2,000 sockets: a bare `ws` broadcast of one string, this
 * gateway, and graphql-ws's own server. Prints one line each and the ratio to the bare broadcast.
 *
 *     tsc -p tsconfig.bench.json && node dist-bench/bench/fan-out/fan-out.js
 */
import { ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { buildSchema, execute, GraphQLObjectType } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocket, WebSocketServer } from 'ws';
import { EventLog, MembershipEvent } from '../../src/membership/event';
import { Metrics } from '../../src/metrics';
import { Announcements } from '../../src/realtime/announcements';
import { Feeds } from '../../src/realtime/feeds';
import { MemoryBus } from '../../src/realtime/memory-bus';
import { WebSocketGateway, WebSocketOptions } from '../../src/realtime/websocket';
import { Await, Open } from './readers';

const SOCKETS = 2_000;
const EVENTS = 60;
const ROUNDS = 3;
const QUERY =
  'subscription { roomMembershipChanged { seq kind city userId room { id segmentNumber memberCount } at } }';

const schema = buildSchema(`
  type Query { none: Int }
  type EventRoom { id: ID! segmentNumber: Int memberCount: Int! }
  type Event { seq: Int! kind: String! city: String! userId: ID room: EventRoom! at: String! }
  type Subscription { roomMembershipChanged: Event! }`);
const onError = (error: unknown) => {
  throw error;
};
const bus = new MemoryBus({ onError });
/** Numbers of one length make frames of one length. */
const position = { seq: 100_000, oldestSeq: 100_001 };
const committed: MembershipEvent[] = [];
const log: EventLog = {
  position: async () => position,
  read: async (_organization, _city, after, limit) =>
    committed.slice(Math.max(0, after - 100_000)).slice(0, limit),
};
const feeds = new Feeds({ bus, log, onError });
const announcements = new Announcements(bus, onError);
const { roomMembershipChanged: field } = (schema.getType('Subscription') as GraphQLObjectType).getFields();
if (!field) throw new Error('The schema lacks its field');
field.subscribe = () => feeds.citySource('nomads', 'lisbon');
field.resolve = (event) => event;

/** One way to serve the readers. */
interface Contender {
  readonly name: string;
  readonly path: string;
  readonly messages: readonly string[];
  /** Sends one event to every reader. */
  readonly send: () => void;
}

function announce(): void {
  const event: MembershipEvent = {
    organizationId: 'nomads',
    cityKey: 'lisbon',
    city: 'Lisbon',
    seq: ++position.seq,
    kind: 'JOINED',
    userId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
    room: { id: 'room-1', segmentNumber: 3, memberCount: 4_321 },
    previousRoom: null,
    at: '2026-01-01T00:00:00.000Z',
  };
  committed.push(event);
  announcements.announce([event]);
}

async function main(): Promise<void> {
  const server = createServer();
  const gateway = new WebSocketGateway(server, {
    schema,
    execute: execute as WebSocketOptions['execute'],
    contextFactory: () => ({}),
    formatError: (error) => ({ message: String(error) }),
    metrics: new Metrics(),
    path: '/graphql',
    authenticate: () => ({ organizationId: 'nomads', role: 'APP', userId: null }),
    onError,
  });
  const bare = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const stock = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  useServer({ schema }, stock);
  // The gateway answers paths that are not its own with 404: here others come first.
  const upgrade = server.listeners('upgrade')[0] as (...args: unknown[]) => void;
  server.removeAllListeners('upgrade');
  server.on('upgrade', (request, socket, head) => {
    const other = request.url === '/bare' ? bare : request.url === '/stock' ? stock : undefined;
    if (!other) return upgrade(request, socket, head);
    other.handleUpgrade(request, socket, head, (webSocket) => other.emit('connection', webSocket, request));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const readers = fork(join(__dirname, 'readers.js'));
  readers.once('exit', (code) => process.exit(code ?? 1));

  const payload = await examplePayload();
  const text = `{"id":"7c9e6679-7425-40de-944b-e07fc1f90ae7","type":"next","payload":${payload}}`;
  const bytes = Buffer.byteLength(text) + 4;
  const subscribe = [
    '{"type":"connection_init"}',
    JSON.stringify({ id: 'ID', type: 'subscribe', payload: { query: QUERY } }),
  ];
  const sendBare = () => {
    for (const socket of bare.clients as Set<WebSocket>) socket.send(text);
  };
  const contenders: Contender[] = [
    { name: 'bare ws', path: '/bare', messages: [], send: sendBare },
    { name: 'gateway', path: '/graphql', messages: subscribe, send: announce },
    { name: 'graphql-ws', path: '/stock', messages: subscribe, send: announce },
  ];
  const costs = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const contender of contenders) {
      const cost = await measure(contender, readers, port, bytes);
      costs.get(contender.name)?.push(cost);
    }
  }
  const base = median(costs.get('bare ws') ?? []);
  for (const [name, each] of costs) {
    const cost = median(each);
    print(
      `${name.padEnd(12)} ${cost.toFixed(2)} µs of CPU a delivery, ${(cost / base).toFixed(2)} × bare ws`,
    );
  }
  readers.removeAllListeners('exit').kill();
  await gateway.close();
  process.exit();
}

/** Microseconds of CPU for each delivery. */
async function measure(
  contender: Contender,
  readers: ChildProcess,
  port: number,
  bytes: number,
): Promise<number> {
  const { name, path, messages, send } = contender;
  readers.send({ port, path, messages, count: SOCKETS } satisfies Open);
  await once(readers, 'message');
  await wait(500); // subscriptions start, the sockets of the contender before are gone
  await deliver(send, readers, 5 * bytes);
  const lag = monitorEventLoopDelay({ resolution: 1 });
  lag.enable();
  const before = process.cpuUsage();
  await deliver(send, readers, EVENTS * bytes);
  const { user, system } = process.cpuUsage(before);
  lag.disable();
  const cost = (user + system) / (SOCKETS * EVENTS);
  print(`  ${name}: ${cost.toFixed(2)} µs, longest turn of the event loop ${(lag.max / 1e6).toFixed(0)} ms`);
  return cost;

  async function deliver(each: () => void, to: ChildProcess, size: number): Promise<void> {
    for (let sent = 0; sent < size; sent += bytes) {
      to.send({ bytes: SOCKETS * bytes } satisfies Await);
      each();
      await once(to, 'message');
    }
  }
}

async function examplePayload(): Promise<string> {
  const room = { id: 'room-1', segmentNumber: 3, memberCount: 4_321 };
  const userId = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
  const at = '2026-01-01T00:00:00.000Z';
  const event = { seq: 100_000, kind: 'JOINED', city: 'Lisbon', userId, room, at };
  return JSON.stringify({ data: { roomMembershipChanged: event } });
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

void main();
