import { randomInt } from 'node:crypto';
import { encodeFloats } from '../../src/membership/floats';
import { LOBBY, type Move } from '../../src/membership/moves/move';
import { MoveWriter } from '../../src/membership/moves/move-writer';
import { Rooms } from '../../src/membership/rooms';
import { SegmentCounts } from '../../src/membership/segment-counts';
import { Metrics } from '../../src/metrics';
import { migrate } from '../../src/storage/migrate';
import { describeEachDatabase, type TestDatabase } from '../databases';
import { quotaOf } from '../membership/quota-of';

const SEGMENTS = [LOBBY, 'foodies', 'hikers'];

function move(userId: string, city: string | null, segment: number): Move {
  if (city === null) return { userId, to: null, forget: false };
  const numbers = encodeFloats(Float32Array.of(segment));
  const placement = {
    modelId: 'm',
    segmentKey: SEGMENTS[segment] ?? LOBBY,
    segmentNumber: segment || null,
    features: numbers,
    affinities: numbers,
  };
  return { userId, to: { cityKey: city, city, placement }, forget: false };
}

describeEachDatabase((open) => {
  let test: TestDatabase;
  let rooms: Rooms;
  let counts: SegmentCounts;
  let writer: MoveWriter;
  beforeAll(async () => {
    test = await open();
    await migrate(test.database);
    rooms = new Rooms(test.database);
  });
  afterAll(() => test.remove());
  beforeEach(async () => {
    await test.database.system.query('truncate cities, city_names, rooms, members, membership_events');
    counts = new SegmentCounts(rooms, Number.POSITIVE_INFINITY);
    writer = new MoveWriter({
      database: test.database,
      organizationId: 'nomads',
      quota: quotaOf(),
      metrics: new Metrics(),
      onCommit: (_, results) => counts.record(results.flatMap(({ events }) => events)),
      onError: (error) => {
        throw error;
      },
    });
  });

  it('agrees with the rooms after every change of this process, without reading again', async () => {
    expect(await counts.memberCount('nomads', 1)).toBe(0);
    const read = jest.spyOn(rooms, 'memberCounts');
    const cities = ['lisbon', 'porto', null];
    for (let round = 0; round < 5; round++) {
      await Promise.all(
        Array.from({ length: 50 }, () =>
          writer.write(move(`user ${randomInt(30)}`, cities[randomInt(3)] ?? null, randomInt(3))),
        ),
      );
    }
    const told = [await counts.memberCount('nomads', 1), await counts.memberCount('nomads', 2)];
    expect(read).not.toHaveBeenCalled();
    read.mockRestore();
    const kept = await rooms.memberCounts('nomads');
    expect(told).toEqual([kept.get(1) ?? 0, kept.get(2) ?? 0]);
  });

  it('reads what was there before, once for all who ask together', async () => {
    await writer.write(move('ann', 'lisbon', 1));
    const later = new SegmentCounts(rooms);
    const read = jest.spyOn(rooms, 'memberCounts');
    expect(await Promise.all([1, 1, 2].map((segment) => later.memberCount('nomads', segment)))).toEqual([
      1, 1, 0,
    ]);
    expect(read).toHaveBeenCalledTimes(1);
    read.mockRestore();
  });

  it('counts each organization for itself', async () => {
    await writer.write(move('ann', 'lisbon', 1));
    expect(await counts.memberCount('other', 1)).toBe(0);
    expect(await counts.memberCount('nomads', 1)).toBe(1);
  });
});
