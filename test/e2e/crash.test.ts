import { AssignDocument, CitiesDocument, MemberDocument } from '../client/generated';
import { expectToLeadTo } from './city-fold';
import type { Client } from './client';
import { anyInterests, CITIES, listCity, listRooms, pick } from './crowd';
import { GatewayProcess } from './gateway-process';
import { embeddedStorage, useStorage } from './storages';
import { logOf } from './watcher';

const PEOPLE = Array.from({ length: 40 }, (_, i) => `person ${i}`);
const ANSWERS_BEFORE_THE_KILL = 300;

type Placed = Awaited<ReturnType<typeof assign>>;

async function assign(client: Client, userId: string) {
  const input = { userId, city: pick(CITIES), interests: anyInterests() };
  return (await client.run(AssignDocument, { input })).assignCluster;
}

describe('a gateway that is killed', () => {
  const storage = useStorage(embeddedStorage);
  const start = () => new GatewayProcess({ ...storage.environment, DURABILITY: 'power' });

  it('loses nothing that it answered, three times over', async () => {
    const answered = new Map<string, Placed[]>(PEOPLE.map((userId) => [userId, []]));
    for (let round = 0; round < 3; round++) {
      const gateway = start();
      const client = await gateway.client;
      await expectNothingLost(client, answered);
      await assignUntilKilled(gateway, client, answered);
    }
    const gateway = start();
    await expectNothingLost(await gateway.client, answered);
    expect((await gateway.kill('SIGTERM')).code).toBe(0);
  }, 60_000);

  it('keeps its directory to itself while it lives', async () => {
    const first = start();
    const client = await first.client;
    const second = start();
    const { code, output } = await second.exited;
    expect(code).toBe(1);
    expect(output).toMatch(/is in use by process \d+ on .*: an embedded database serves one process only/);
    expect(await assign(client, 'still served')).toMatchObject({ userId: 'still served' });
    expect((await first.kill('SIGTERM')).code).toBe(0);
  });
});

/** Everybody goes from room to room, one request at a time each, until the gateway is killed in the middle of it. */
async function assignUntilKilled(
  gateway: GatewayProcess,
  client: Client,
  answered: Map<string, Placed[]>,
): Promise<void> {
  let answers = 0;
  let killed = false;
  await Promise.all(
    PEOPLE.map(async (userId) => {
      for (;;) {
        const placed = await assign(client, userId).catch((error: unknown) => {
          if (killed) return null;
          throw error;
        });
        if (placed === null) return;
        answered.get(userId)?.push(placed);
        answers += 1;
        if (answers === ANSWERS_BEFORE_THE_KILL) {
          killed = true;
          void gateway.kill('SIGKILL');
        }
      }
    }),
  );
  expect((await gateway.exited).signal).toBe('SIGKILL');
}

async function expectNothingLost(client: Client, answered: ReadonlyMap<string, Placed[]>): Promise<void> {
  const { cities } = await client.run(CitiesDocument, {});
  const eventOf = new Map<string, string | null>();
  const roomOf = new Map<string, string>();
  for (const { node } of cities.edges) {
    const city = await listCity(client, node.name);
    const events = await logOf(client.url, city.name, city.seq);
    const fold = expectToLeadTo(city, events);
    const listed = await listRooms(client, city.name);
    expect(listed).toEqual(fold.roomOf);
    for (const [userId, room] of listed) {
      expect(roomOf.has(userId)).toBe(false);
      roomOf.set(userId, room);
    }
    for (const { seq, userId, room } of events) eventOf.set(`${city.name} ${seq} ${room.id}`, userId);
  }
  for (const [userId, placements] of answered) {
    for (const { room, seq } of placements) {
      if (seq !== null) expect(eventOf.get(`${room.city} ${seq} ${room.id}`)).toBe(userId);
    }
    if (placements.length > 0) expect(roomOf.has(userId)).toBe(true);
    const { member } = await client.run(MemberDocument, { userId });
    expect(member?.room.id).toBe(roomOf.get(userId));
  }
}
