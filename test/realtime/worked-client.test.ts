import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { ToyGateway } from './toy-gateway';

interface Watch {
  readonly finished: Promise<void>;
  stop(): void;
}

/** The code block of PROTOCOL.md, as its readers copy it. */
function workedClient(): (options: object) => Watch {
  const text = readFileSync(join(__dirname, '../../PROTOCOL.md'), 'utf8');
  const [, code] = /```js\n(\/\/ A worked client\.\n[\s\S]*?)```/.exec(text) ?? [];
  return new Function(`${code}; return watchCity;`)();
}

describe("PROTOCOL.md's worked client", () => {
  let gateway: ToyGateway;
  let connections: Set<Socket>;
  let lists: number;
  let seen: number[];

  beforeEach(async () => {
    gateway = await ToyGateway.start();
    connections = new Set();
    gateway.server.on('connection', (socket) => connections.add(socket));
    lists = 0;
    seen = [];
  });

  afterEach(() => gateway.stop());

  function watch(options: object = {}): Watch {
    return workedClient()({
      url: gateway.url.replace('ws', 'http'),
      city: 'Lisbon',
      onRooms: (_rooms: unknown, seq: number) => seen.push(seq),
      createClient,
      WebSocket,
      fetch: async () => ({ json: async () => listing() }),
      ...options,
    });
  }

  function listing() {
    lists++;
    const last = gateway.log.events.at(-1);
    if (!last) return { data: { city: null } };
    const rooms = [{ id: 'room-1', memberCount: last.room.memberCount, segment: { number: 1 } }];
    return { data: { city: { seq: last.seq, rooms } } };
  }

  async function until(seq: number): Promise<void> {
    while (seen.at(-1) !== seq) await turn();
  }

  function cutConnections(): void {
    for (const socket of connections) socket.destroy();
    connections.clear();
  }

  it('lists, watches, and resumes without losing or repeating an event', async () => {
    let rooms: unknown;
    const onRooms = (now: unknown, seq: number) => {
      rooms = now;
      seen.push(seq);
    };
    const client = watch({ onRooms });
    gateway.commit(2);
    await until(2);
    for (let i = 0; i < 3; i++) {
      cutConnections();
      gateway.commit(2);
      await until(4 + 2 * i);
    }
    expect(seen).toEqual(lists === 1 && seen[0] === 0 ? [0, 1, 2, 3, 4, 5, 6, 7, 8] : [2, 3, 4, 5, 6, 7, 8]);
    expect(lists).toBe(1);
    expect(rooms).toEqual([{ id: 'room-1', segmentNumber: 1, memberCount: 8 }]);
    client.stop();
    await client.finished;
  });

  it('lists again when its place in the log has expired', async () => {
    gateway.commit(2);
    const client = watch();
    await until(2);
    cutConnections();
    gateway.log.append(50);
    gateway.log.retain(10);
    await until(52);
    expect(lists).toBe(2);
    gateway.commit();
    await until(53);
    client.stop();
    await client.finished;
  });

  it('gives up when its credentials are refused', async () => {
    const client = watch({ authorization: 'Bearer unknown' });
    await expect(client.finished).rejects.toMatchObject({ code: 4403 });
  });
});
