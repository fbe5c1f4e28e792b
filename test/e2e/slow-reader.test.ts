import { AssignManyDocument } from '../client/generated';
import { ProtocolSocket } from '../realtime/protocol-socket';
import type { Client } from './client';
import { GatewayProcess } from './gateway-process';
import { LIKES } from './people';
import { embeddedStorage, useStorage } from './storages';

const MIB = 1024 * 1024;
/** Asked for often, this name makes an event of 3 KB: some thousands of them are more than the kernel buffers. */
const CITY = 'x'.repeat(100);
const names = Array.from({ length: 28 }, (_, i) => `name${i}: city`).join(' ');
const WATCH_LARGE = `subscription ($city: String!, $after: Int) {
  roomMembershipChanged(city: $city, after: $after) { seq ${names} } }`;

const storage = useStorage(embeddedStorage);

it('one who stops reading costs the others nothing, and may come back', async () => {
  const gateway = new GatewayProcess(storage.environment);
  const client = await gateway.client;
  const readers = await Promise.all([watch(client, 0), watch(client, 0)]);
  const paused = await watch(client, 0);
  await assignThousand(client, 0);
  await Promise.all([...readers, paused].map((reader) => reader.untilSeq('a', 1_000)));
  paused.socket.pause();

  const before = await measure(client, 'process_resident_memory_bytes');
  for (let batch = 1; batch <= 6; batch++) {
    await assignThousand(client, batch);
    // As soon as the gateway has given it up, it reads again, to take its close frame in time.
    if ((await measure(client, 'tertulia_slow_readers_total')) === 1) paused.socket.resume();
  }
  for (const reader of readers) expect(await reader.untilSeq('a', 7_000)).toEqual(range(1, 7_000));
  paused.socket.resume();
  expect((await measure(client, 'process_resident_memory_bytes')) - before).toBeLessThan(200 * MIB);
  expect(await measure(client, 'tertulia_slow_readers_total')).toBe(1);

  const { code, reason } = await paused.closed;
  const received = paused.seqs('a');
  expect(code).toBe(4429);
  expect(reason).toBe(`Reading too slowly; resume with after: ${received.length}`);
  expect(received).toEqual(range(1, received.length));
  expect(received.length).toBeLessThan(7_000);

  const returned = await watch(client, received.length);
  expect(await returned.untilSeq('a', 7_000)).toEqual(range(received.length + 1, 7_000));
  await Promise.all([...readers, returned].map((reader) => reader.close()));
  expect((await gateway.kill('SIGTERM')).code).toBe(0);
});

async function watch({ url }: Client, after: number): Promise<ProtocolSocket> {
  const socket = await ProtocolSocket.connect(`${url.replace(/^http/, 'ws')}/graphql`);
  socket.subscribe('a', { city: CITY, after }, WATCH_LARGE);
  return socket;
}

/** A thousand newcomers: a thousand events. */
async function assignThousand(client: Client, batch: number): Promise<void> {
  const inputs = range(1, 1_000).map((i) => ({ userId: `${batch} ${i}`, city: CITY, interests: LIKES[1] }));
  await client.run(AssignManyDocument, { inputs });
}

/** A figure of `GET /metrics`. */
async function measure({ url }: Client, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1]);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
