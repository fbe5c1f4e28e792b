import { ForgetDocument } from '../client/generated';
import { postgresDatabase } from '../databases';
import { describeWith } from '../services';
import { expectToLeadTo } from './city-fold';
import { CITIES, FORGETTABLE, listCity, listRooms, pick, stir } from './crowd';
import { type Gateway, startGateway, useGateway } from './gateway';
import { describeEachStorage, useStorage } from './storages';
import { type CityEvent, logOf, Watcher } from './watcher';

const HALF = 1_000;
const PIECES = 12;
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
  const gateways: Gateway[] = [];
  afterAll(() => Promise.all(gateways.map((gateway) => gateway.close())));
  const storage = useStorage(postgresDatabase);
  beforeAll(async () => {
    const { environment } = storage;
    const start = () => startGateway(environment, { allowOthers: true });
    gateways.push(...(await Promise.all([start(), start()])));
  });

  it('write one log, which leads to the rooms', async () => {
    const clients = gateways.map(({ client }) => client);
    await stir(clients, HALF);
    for (const name of CITIES) {
      const [city, ...others] = await Promise.all(clients.map((client) => listCity(client, name)));
      if (city === undefined) throw new Error('No gateway');
      expect(others).toEqual([city]);
      const rooms = withoutForgettable(await listRooms(pick(clients), name));
      for (const { url } of gateways) {
        const { roomOf } = expectToLeadTo(city, await logOf(url, name, city.seq));
        expect(withoutForgettable(roomOf)).toEqual(rooms);
      }
    }
  });
});

/** An event that has lost its name does not tell who left. */
function withoutForgettable(roomOf: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...roomOf].filter(([userId]) => !FORGETTABLE.includes(userId)));
}
