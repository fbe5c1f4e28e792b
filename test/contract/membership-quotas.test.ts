import { randomUUID } from 'node:crypto';
import { encodeFloats } from '../../src/membership/floats';
import { SqlEventLog } from '../../src/membership/log/sql-event-log';
import type { MembershipUsage } from '../../src/membership/moves/membership-quota';
import type { Move } from '../../src/membership/moves/move';
import { MoveWriter } from '../../src/membership/moves/move-writer';
import { Metrics } from '../../src/metrics';
import type { Database } from '../../src/storage/database';
import { migrate } from '../../src/storage/migrate';
import { describeEachDatabase, ofTwoGateways, type TestDatabase } from '../databases';
import { quotaOf, usageOf } from '../membership/quota-of';

const COLUMNS = { members: 'max_members', cities: 'max_cities', rooms: 'max_rooms', events: 'max_events' };

function join(userId: string, city: string, segment = 1): Move {
  const placement = {
    modelId: 'm',
    segmentKey: `segment ${segment}`,
    segmentNumber: segment,
    features: encodeFloats(Float32Array.of(segment)),
    affinities: encodeFloats(Float32Array.of(segment)),
  };
  return { userId, to: { cityKey: city, city, placement }, forget: false };
}

describeEachDatabase((open) => {
  let test: TestDatabase;
  let databases: Database[];
  let id: string;
  let writers: MoveWriter[];
  beforeAll(async () => {
    test = await open();
    await migrate(test.database);
    databases = ofTwoGateways(test);
  });
  afterAll(async () => {
    await Promise.all(databases.slice(1).map((database) => database.close()));
    await test.remove();
  });
  beforeEach(async () => {
    id = `shop-${randomUUID().slice(0, 8)}`;
    await test.database.system.query("insert into organizations (id, name) values ($1, 'Shop')", [id]);
    writers = [0, 1].map(
      (i) =>
        new MoveWriter({
          database: databases[i % databases.length] as Database,
          organizationId: id,
          quota: quotaOf({ roomCapacity: 10 }),
          metrics: new Metrics(),
          onCommit: () => undefined,
          onError: (error) => {
            throw error;
          },
        }),
    );
  });

  async function limitTo(limits: Partial<MembershipUsage>): Promise<void> {
    const set = Object.entries(limits).map(
      ([what, most]) => `${COLUMNS[what as keyof MembershipUsage]} = ${most}`,
    );
    await test.database.system.query(`update organizations set ${set.join(', ')} where id = $1`, [id]);
  }
  /** All at once, by turns on the writers; the codes of those that were refused. */
  async function write(moves: readonly Move[]): Promise<string[]> {
    const settled = await Promise.allSettled(moves.map((move, i) => writers[i % 2]?.write(move)));
    return settled.flatMap((one) => (one.status === 'rejected' ? [one.reason.extensions.code] : []));
  }
  async function expectCountsToBeTrue(): Promise<MembershipUsage> {
    const [counted] = await test.database.system.query<MembershipUsage>(
      `select (select count(*)::integer from members where organization_id = $1) as members,
              (select count(*)::integer from cities where organization_id = $1) as cities,
              (select count(*)::integer from rooms where organization_id = $1) as rooms,
              (select count(*)::integer from membership_events where organization_id = $1) as events`,
      [id],
    );
    expect(await usageOf(test.database, id)).toEqual(counted);
    return counted as MembershipUsage;
  }

  it.each([
    ['near, so that the moves wait for one another', 50, 300],
    ['far when many groups begin, and passed by all of them together', 1_500, 3_000],
  ])('let in exactly as many members as may be: a limit that is %s', async (_, members, people) => {
    await limitTo({ members });
    const refused = await write(
      Array.from({ length: people }, (_, i) => join(`user ${i}`, `city ${i % 7}`, i % 5)),
    );
    expect(refused).toEqual(Array(people - members).fill('QUOTA_EXCEEDED'));
    expect((await expectCountsToBeTrue()).members).toBe(members);
    const again = await write(
      Array.from({ length: people }, (_, i) => join(`user ${i}`, 'another city', i % 5)),
    );
    expect(again).toHaveLength(people - members);
    expect((await expectCountsToBeTrue()).members).toBe(members);
  });

  it('make exactly as many cities and rooms as may be, and leave nothing of the others', async () => {
    await limitTo({ cities: 5, rooms: 12 });
    const refused = await write(
      Array.from({ length: 400 }, (_, i) => join(`user ${i}`, `city ${i % 40}`, i % 7)),
    );
    expect(new Set(refused)).toEqual(new Set(['QUOTA_EXCEEDED']));
    const counted = await expectCountsToBeTrue();
    expect(counted).toMatchObject({ cities: 5, rooms: 12 });
    expect(counted.members).toBe(400 - refused.length);
    await limitTo({ cities: 6, rooms: 13 });
    expect(await write([join('one more', 'city 39')])).toEqual([]);
    expect(await expectCountsToBeTrue()).toMatchObject({ cities: 6, rooms: 13 });
  });

  it('keep no more events than may be, and let the longest log give way', async () => {
    await limitTo({ events: 100 });
    const log = new SqlEventLog({ database: test.database, retention: async () => 1_000 });
    await write(Array.from({ length: 90 }, (_, i) => join(`user ${i}`, 'long')));
    for (let round = 0; round < 4; round++) {
      expect(await write(Array.from({ length: 10 }, (_, i) => join(`${round} ${i}`, 'short')))).toEqual([]);
      expect((await expectCountsToBeTrue()).events).toBeLessThanOrEqual(100);
    }
    expect(await log.position(id, 'short')).toMatchObject({ seq: 40, oldestSeq: 1 });
    const { seq, oldestSeq } = await log.position(id, 'long');
    expect([seq, oldestSeq]).toEqual([90, expect.any(Number)]);
    expect(oldestSeq).toBeGreaterThan(30);
    const [oldest] = await log.read(id, 'long', 0, 1);
    expect(oldest?.seq).toBe(oldestSeq);
    // A lower limit holds from the next event on.
    await limitTo({ events: 3 });
    await write([join('last', 'short')]);
    expect((await expectCountsToBeTrue()).events).toBeLessThanOrEqual(3);
  });

  it('count right when the log is pruned by its age', async () => {
    const log = new SqlEventLog({ database: test.database, retention: async () => 10 });
    for (let i = 0; i < 25; i++) {
      const result = await writers[0]?.write(join('ann', 'lisbon', i % 3));
      await log.prune(result?.events ?? []);
    }
    expect((await expectCountsToBeTrue()).events).toBeLessThanOrEqual(11);
  });

  it('find the first room with space among any number of full ones, and after another capacity', async () => {
    await write(Array.from({ length: 100 }, (_, i) => join(`user ${i}`, 'lisbon')));
    const ordinals = async () =>
      (
        await test.database.system.query<{ ordinal: number }>(
          'select ordinal from open_rooms where organization_id = $1 order by ordinal',
          [id],
        )
      ).map(({ ordinal }) => ordinal);
    expect(await ordinals()).toEqual([]);
    const left = await writers[0]?.write({ userId: 'user 42', to: null, forget: false });
    const back = await writers[1]?.write(join('newcomer', 'lisbon'));
    expect(back?.room?.id).toBe(left?.events[0]?.room.id);
    await test.database.system.query('update organizations set room_capacity = 15 where id = $1', [id]);
    expect((await writers[0]?.write(join('next', 'lisbon')))?.room?.ordinal).toBe(1);
    expect(await ordinals()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    await test.database.system.query('update organizations set room_capacity = 10 where id = $1', [id]);
    expect((await writers[0]?.write(join('last', 'lisbon')))?.room?.ordinal).toBe(11);
  });
});
