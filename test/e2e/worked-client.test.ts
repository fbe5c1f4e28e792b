import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { packageRoot } from '../../src/package-root';
import { AssignDocument, LeaveDocument } from '../client/generated';
import type { Client } from './client';
import { listCity } from './crowd';
import { GatewayProcess } from './gateway-process';
import { LIKES } from './people';
import { embeddedStorage, useStorage } from './storages';

interface Room {
  readonly id: string;
  readonly memberCount: number;
  readonly segmentNumber: number | null;
}
interface Options {
  readonly url: string;
  readonly city: string;
  readonly onRooms: (rooms: readonly Room[], seq: number) => void;
  readonly createClient: typeof createClient;
  readonly WebSocket: unknown;
  readonly fetch: typeof fetch;
}
type WatchCity = (options: Options) => { readonly finished: Promise<void>; stop(): void };

/** The client of PROTOCOL.md, as its readers copy it. */
function workedClient(): WatchCity {
  const text = readFileSync(join(packageRoot, 'PROTOCOL.md'), 'utf8');
  const code = /```js\n(.*?)```/s.exec(text)?.[1];
  return new Function(`${code}; return watchCity;`)() as WatchCity;
}

const storage = useStorage(embeddedStorage);

it("PROTOCOL.md's client lists, watches, and goes on after the gateway was away", async () => {
  const gateway = new GatewayProcess(storage.environment);
  const client = await gateway.client;
  await assign(client, 'before', 1);

  const seen: number[] = [];
  let rooms: readonly Room[] = [];
  let told: () => void = () => undefined;
  const watch = workedClient()({
    url: `${client.url}/graphql`,
    city: 'Lisbon',
    onRooms(now, seq) {
      rooms = now;
      seen.push(seq);
      told();
    },
    createClient,
    WebSocket,
    fetch,
  });
  const sees = async (seq: number) => {
    while (seen.at(-1) !== seq) {
      await new Promise<void>((resolve) => {
        told = resolve;
      });
    }
  };
  await sees(1);
  await assign(client, 'live', 2);
  await sees(2);
  await gateway.kill('SIGTERM');

  const { port } = new URL(client.url);
  const next = new GatewayProcess({ ...storage.environment, PORT: port });
  const nextClient = await next.client;
  await assign(nextClient, 'live', 3);
  await nextClient.run(LeaveDocument, { userId: 'before' });
  await sees(4);
  expect(seen).toEqual([1, 2, 3, 4]);
  const { rooms: listed } = await listCity(nextClient, 'Lisbon');
  expect([...rooms].sort(byId)).toEqual(
    listed
      .map(({ id, memberCount, segment }) => ({ id, memberCount, segmentNumber: segment?.number ?? null }))
      .sort(byId),
  );
  watch.stop();
  await watch.finished;
  await next.kill('SIGTERM');
});

async function assign(client: Client, userId: string, segment: keyof typeof LIKES): Promise<void> {
  await client.run(AssignDocument, { input: { userId, city: 'Lisbon', interests: LIKES[segment] } });
}

function byId(a: Room, b: Room): number {
  return a.id < b.id ? -1 : 1;
}
