import { randomInt } from 'node:crypto';
import { encodeFloats } from '../../src/membership/floats';
import type { MembershipEvent } from '../../src/membership/log/event';
import { SqlEventLog } from '../../src/membership/log/sql-event-log';
import { LOBBY, type Move, type Placement } from '../../src/membership/moves/move';
import { MoveWriter } from '../../src/membership/moves/move-writer';
import { Rooms } from '../../src/membership/rooms';
import { Metrics } from '../../src/metrics';
import { migrate } from '../../src/storage/migrate';
import { describeEachDatabase, type TestDatabase } from '../databases';
import { fold } from '../membership/fold';
import { quotaOf, usageOf } from '../membership/quota-of';

const SEGMENTS = [LOBBY, 'foodies', 'hikers', 'partygoers'];
const CITIES = ['lisbon', 'porto', 'madrid'];

function placement(segment: number, feature = segment): Placement {
  return {
    modelId: 'm',
    segmentKey: SEGMENTS[segment] ?? LOBBY,
    segmentNumber: segment || null,
    features: encodeFloats(Float32Array.of(feature, 0.1)),
    affinities: encodeFloats(Float32Array.of(0.25)),
  };
}
const join = (userId: string, city: string, segment: number, feature = segment): Move => ({
  userId,
  to: { cityKey: city, city: city.toUpperCase(), placement: placement(segment, feature) },
  forget: false,
});
const leave = (userId: string, forget = false): Move => ({ userId, to: null, forget });

describeEachDatabase((open) => {
  let test: TestDatabase;
  let log: SqlEventLog;
  let rooms: Rooms;
  let announced: MembershipEvent[];
  const onError = jest.fn();
  const writer = (capacity: number | null = null, organizationId = 'nomads') =>
    new MoveWriter({
      database: test.database,
      organizationId,
      quota: quotaOf({ roomCapacity: capacity }),
      metrics: new Metrics(),
      onCommit: (_, results) => announced.push(...results.flatMap(({ events }) => events)),
      onError,
    });

  beforeAll(async () => {
    test = await open();
    await migrate(test.database);
    log = new SqlEventLog({ database: test.database, retention: async () => 100_000 });
    rooms = new Rooms(test.database);
  });
  afterAll(() => test.remove());
  beforeEach(async () => {
    announced = [];
    await test.database.system.query(
      'truncate cities, city_names, rooms, open_rooms, members, membership_events, organization_usage',
    );
  });

  async function citiesWithRooms(organizationId: string) {
    const { items } = await rooms.cities(organizationId, { first: 100, after: null });
    return items.map((city) => ({ ...city, rooms: city.rooms ?? [] }));
  }
  async function expectLogAndRoomsToAgree(organizationId = 'nomads'): Promise<void> {
    const items = await citiesWithRooms(organizationId);
    for (const city of items) {
      const folded = fold(await log.read(organizationId, city.key, 0, 100_000));
      const members = await rooms.membersOfRooms(
        organizationId,
        city.rooms.map(({ id }) => id),
        { first: 10_000, after: null },
      );
      for (const room of city.rooms) {
        const userIds = new Set(members.get(room.id)?.items.map(({ userId }) => userId));
        expect(userIds).toEqual(folded.get(room.id)?.userIds);
        expect(room.memberCount).toBe(userIds.size);
      }
      expect(city.memberCount).toBe(city.rooms.reduce((sum, { memberCount }) => sum + memberCount, 0));
      expect((await log.position(organizationId, city.key)).seq).toBe(city.seq);
    }
    expect(await usageOf(test.database, organizationId)).toEqual({
      members: items.reduce((sum, { memberCount }) => sum + memberCount, 0),
      cities: items.length,
      rooms: items.flatMap((city) => city.rooms).length,
      events: items.reduce((sum, { seq }) => sum + seq, 0),
    });
  }

  it.each([
    ['without a limit', null],
    ['with overflow rooms', 7],
  ])('keeps log and rooms in agreement under thousands of concurrent moves, %s', async (_, capacity) => {
    const writers = [writer(capacity), writer(capacity)];
    await Promise.all(
      Array.from({ length: 3_000 }, () => {
        const userId = `user ${randomInt(300)}`;
        const one = writers[randomInt(writers.length)];
        const away = randomInt(8) === 0;
        return one?.write(away ? leave(userId) : join(userId, CITIES[randomInt(3)] ?? '', randomInt(4)));
      }),
    );
    await expectLogAndRoomsToAgree();
    const items = await citiesWithRooms('nomads');
    expect(items.map(({ key }) => key)).toEqual(['lisbon', 'madrid', 'porto']);
    expect(announced).toHaveLength(items.reduce((sum, { seq }) => sum + seq, 0));
    for (const room of items.flatMap((city) => city.rooms)) {
      expect(room.memberCount).toBeLessThanOrEqual(capacity ?? 300);
    }
  });

  it('logs exactly what it announced, in order', async () => {
    const one = writer();
    await one.write(join('ann', 'lisbon', 1));
    await one.write(join('ann', 'lisbon', 0));
    await one.write(join('ann', 'porto', 2));
    await one.write(leave('ann'));
    expect(announced.map(({ city, seq, kind }) => [city, seq, kind])).toEqual([
      ['LISBON', 1, 'JOINED'],
      ['LISBON', 2, 'MOVED'],
      ['LISBON', 3, 'LEFT'],
      ['PORTO', 1, 'JOINED'],
      ['PORTO', 2, 'LEFT'],
    ]);
    const stored = [
      ...(await log.read('nomads', 'lisbon', 0, 10)),
      ...(await log.read('nomads', 'porto', 0, 10)),
    ];
    expect(stored).toEqual(announced);
  });

  it('keeps the order of one user, and one user per group', async () => {
    const one = writer();
    const results = await Promise.all(
      [1, 2, 3, 1, 2].map((segment) => one.write(join('ann', 'lisbon', segment))),
    );
    expect(results.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    expect((await rooms.members('nomads', ['ann']))[0]).toMatchObject({ segmentKey: 'hikers' });
  });

  it('changes nothing when a request is repeated, and remembers new features', async () => {
    const one = writer();
    const first = await one.write(join('ann', 'lisbon', 1));
    const again = await one.write(join('ann', 'lisbon', 1));
    expect(again).toEqual({ ...first, changed: false, renewed: false, seq: null, events: [] });
    expect(await one.write(join('ann', 'lisbon', 1, 5))).toMatchObject({ changed: false, renewed: true });
    const [ann] = await rooms.members('nomads', ['ann']);
    expect(ann).toMatchObject({
      features: Float32Array.of(5, 0.1),
      affinities: Float32Array.of(0.25),
      city: 'LISBON',
    });
    expect(await log.position('nomads', 'lisbon')).toMatchObject({ seq: 1, oldestSeq: 1 });
  });

  it('forgets a user in the log too, but not the others', async () => {
    const one = writer();
    await one.write(join('ann', 'lisbon', 1));
    await one.write(join('bob', 'lisbon', 1));
    expect((await one.write(leave('ann', true))).changed).toBe(true);
    const events = await log.read('nomads', 'lisbon', 0, 10);
    expect(events.map(({ userId }) => userId)).toEqual([null, 'bob', null]);
    expect(await rooms.members('nomads', ['ann'])).toEqual([]);
    expect((await one.write(leave('ann', true))).changed).toBe(false);
  });

  it('keeps organizations apart', async () => {
    await test.database.system.query(
      "insert into organizations values ('other', 'Other') on conflict do nothing",
    );
    await writer(null, 'other').write(join('ann', 'lisbon', 1));
    await writer().write(join('ann', 'lisbon', 2));
    expect(await rooms.members('other', ['ann'])).toMatchObject([{ segmentKey: 'foodies' }]);
    expect(await rooms.members('nomads', ['ann'])).toMatchObject([{ segmentKey: 'hikers' }]);
    const other = await rooms.city('other', 'lisbon');
    expect(await rooms.rooms('nomads', other?.rooms?.map(({ id }) => id) ?? [])).toEqual([]);
    await expectLogAndRoomsToAgree();
    await expectLogAndRoomsToAgree('other');
  });

  it('pages through cities and members', async () => {
    const one = writer();
    await Promise.all(['c', 'a', 'b'].map((userId) => one.write(join(userId, 'lisbon', 1))));
    await one.write(join('x', 'porto', 1));
    const first = await rooms.cities('nomads', { first: 1, after: null });
    expect(first).toMatchObject({ items: [{ key: 'lisbon', rooms: [{ memberCount: 3 }] }], hasMore: true });
    expect(await rooms.cities('nomads', { first: 1, after: 'lisbon' })).toMatchObject({
      items: [{ key: 'porto' }],
      hasMore: false,
    });
    const roomId = first.items[0]?.rooms?.[0]?.id ?? '';
    const page = (await rooms.membersOfRooms('nomads', [roomId], { first: 2, after: 'a' })).get(roomId);
    expect(page).toMatchObject({ items: [{ userId: 'b' }, { userId: 'c' }], hasMore: false });
  });

  it('lists no more rooms at once than others can bear', async () => {
    const one = writer();
    await one.write(join('ann', 'lisbon', 1));
    await one.write(join('ben', 'porto', 1));
    await test.database.system.query(
      `insert into rooms (id, organization_id, city_id, segment_key, segment_number, ordinal)
         select gen_random_uuid(), 'nomads', id, 'hikers', 2, ordinal
           from cities, generate_series(1, 10000) ordinal where key = 'lisbon'`,
    );
    const tooMany = {
      extensions: { code: 'TOO_COMPLEX' },
      message: expect.stringMatching(/more than 10000/),
    };
    const page = { first: 10, after: null };
    await expect(rooms.city('nomads', 'lisbon')).rejects.toMatchObject(tooMany);
    await expect(rooms.cities('nomads', page)).rejects.toMatchObject(tooMany);
    expect((await rooms.city('nomads', 'porto'))?.rooms).toHaveLength(1);
    const { items } = await rooms.cities('nomads', page, { withRooms: false });
    expect(items.map(({ key, rooms: listed }) => [key, listed])).toEqual([
      ['lisbon', null],
      ['porto', null],
    ]);
  });

  it('keeps the wanted number of events, for readers exactly', async () => {
    const short = new SqlEventLog({ database: test.database, retention: async () => 10 });
    const one = writer();
    for (let i = 0; i < 25; i++) {
      await one.write(join('ann', 'lisbon', (i % 3) + 1));
      await short.prune(announced.slice(-1));
    }
    expect(await short.position('nomads', 'lisbon')).toMatchObject({ seq: 25, oldestSeq: 16 });
    const left = await log.read('nomads', 'lisbon', 0, 100);
    expect(left[0]?.seq).toBe(16);
    expect(left).toHaveLength(10);
  });

  it('tells of one user in the order of its moves, whatever else is written beside', async () => {
    const told: (number | null)[] = [];
    const one = new MoveWriter({
      database: test.database,
      organizationId: 'nomads',
      quota: quotaOf(),
      metrics: new Metrics(),
      onCommit(moves, results) {
        for (const [i, { userId }] of moves.entries())
          if (userId === 'ann') told.push(results[i]?.seq ?? null);
      },
      onError,
    });
    const others = (round: number) =>
      Array.from({ length: 40 }, (_, i) => one.write(join(`user ${round} ${i}`, 'porto', 1)));
    await Promise.all(
      [1, 2, 3, 1, 2, 3].flatMap((segment, i) => [...others(i), one.write(join('ann', 'lisbon', segment))]),
    );
    expect(told).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('goes on when who is told of a commit fails', async () => {
    const failure = new Error('on purpose');
    const deaf = new MoveWriter({
      database: test.database,
      organizationId: 'nomads',
      quota: quotaOf(),
      metrics: new Metrics(),
      onCommit() {
        throw failure;
      },
      onError,
    });
    expect(await deaf.write(join('ann', 'lisbon', 1))).toMatchObject({ changed: true, seq: 1 });
    expect(await deaf.write(join('ann', 'lisbon', 2))).toMatchObject({ changed: true, seq: 2 });
    await deaf.drain();
    expect(onError.mock.calls).toEqual([[failure], [failure]]);
  });

  it('knows nothing of a city that nobody ever joined', async () => {
    expect(await log.position('nomads', 'atlantis')).toEqual({
      cityKey: 'atlantis',
      seq: 0,
      oldestSeq: 1,
    });
    expect(await rooms.city('nomads', 'atlantis')).toBeNull();
  });
});
