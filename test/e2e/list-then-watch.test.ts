import { ForgetDocument } from '../client/generated';
import { postgresDatabase } from '../databases';
import { describeWith } from '../services';
import { expectToLeadTo } from './city-fold';
import { CITIES, FORGETTABLE, listCity, listRooms, stir } from './crowd';
import { startGateway, useGateway } from './gateway';
import { describeEachStorage } from './storages';
import { type CityEvent, logOf, Watcher } from './watcher';

const HALF = 1_200;
const PIECES = 15;
const PIECE = 20;

describeEachStorage((open) => {
  const gateway = useGateway(open);

  it('every watcher ends with exactly the rooms, whenever it came and however often it went', async () => {
    const { client, url } = gateway;
    const half = stir([client], HALF);
    const end = half.then(() => stir([client], HALF));

    async function watchOn(city: string, after: number): Promise<readonly CityEvent[]> {
      const watcher = new Watcher(url, city, after);
      await end;
      await watcher.reaches((await listCity(client, city)).seq);
      await watcher.stop();
      return watcher.events;
    }
    async function watchInPieces(city: string): Promise<readonly CityEvent[]> {
      const events: CityEvent[] = [];
      for (let piece = 0; piece < PIECES; piece++) {
        const watcher = new Watcher(url, city, events.length);
        await watcher.until(() => watcher.results.length >= PIECE);
        await watcher.stop();
        events.push(...watcher.events);
      }
      return [...events, ...(await watchOn(city, events.length))];
    }
    async function listThenWatch(city: string) {
      await half;
      const listed = await listCity(client, city);
      return { listed, events: await watchOn(city, listed.seq) };
    }

    await Promise.all(
      CITIES.map(async (name) => {
        const [faithful, restless, late, later] = await Promise.all([
          watchOn(name, 0),
          watchInPieces(name),
          listThenWatch(name),
          listThenWatch(name),
        ]);
        const city = await listCity(client, name);
        const { roomOf } = expectToLeadTo(city, faithful);
        expect(withoutForgettable(roomOf)).toEqual(withoutForgettable(await listRooms(client, name)));
        expectToLeadTo(city, restless);
        for (const { listed, events } of [late, later]) expectToLeadTo(city, events, listed);
        expect(late.listed.seq).toBeLessThan(city.seq);
      }),
    );
  });

  it('forgotten people are in no room and in no event', async () => {
    const { client, url } = gateway;
    await Promise.all(FORGETTABLE.map((userId) => client.run(ForgetDocument, { userId })));
    for (const name of CITIES) {
      const city = await listCity(client, name);
      const events = await logOf(url, name, city.seq);
      expectToLeadTo(city, events);
      const told = new Set(events.map(({ userId }) => userId));
      expect(FORGETTABLE.filter((userId) => told.has(userId))).toEqual([]);
    }
  });
});

describeWith('postgres')('two gateways on one PostgreSQL', () => {
  it('write one log, which leads to the rooms', async () => {
    const storage = await postgresDatabase();
    const gateways = await Promise.all([
      startGateway(storage.environment),
      startGateway(storage.environment),
    ]);
    const clients = gateways.map(({ client }) => client);
    await stir(clients, HALF);
    for (const name of CITIES) {
      const cities = await Promise.all(clients.map((client) => listCity(client, name)));
      expect(cities[0]).toEqual(cities[1]);
      const logs = await Promise.all(gateways.map(({ url }) => logOf(url, name, cities[0]?.seq ?? 0)));
      expect(logs[0]).toEqual(logs[1]);
      const { roomOf } = expectToLeadTo(cities[0] as (typeof cities)[number], logs[0] ?? []);
      const rooms = await listRooms(clients[1] as (typeof clients)[number], name);
      expect(withoutForgettable(roomOf)).toEqual(withoutForgettable(rooms));
    }
    await Promise.all(gateways.map((gateway) => gateway.close()));
    await storage.remove();
  });
});

/** An event that has lost its name does not tell who left. */
function withoutForgettable(roomOf: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...roomOf].filter(([userId]) => !FORGETTABLE.includes(userId)));
}
