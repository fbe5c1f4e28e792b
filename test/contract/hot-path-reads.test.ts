import { randomUUID } from 'node:crypto';
import { encodeFloats } from '../../src/membership/floats';
import { SqlEventLog } from '../../src/membership/log/sql-event-log';
import { MemberPages } from '../../src/membership/member-pages';
import type { Move } from '../../src/membership/moves/move';
import { procedure as moveMembers } from '../../src/membership/moves/move-members';
import { Rooms } from '../../src/membership/rooms';
import { migrate } from '../../src/storage/migrate';
import { CountedDatabase } from '../counted-database';
import { describeEachDatabase, type TestDatabase } from '../databases';
import { quotaOf } from '../membership/quota-of';

const MEMBERS = 60_000;
const CITIES = 500;
/** Of one segment in one city, all of them full. */
const ROOMS = 5_000;
const GROUP = 64;
/** Pages, and rows with index entries, that may be read for each row that is asked for; the tables hold a thousand times as many. */
const READS_PER_ROW = 80;

const TABLES = [
  'organizations',
  'cities',
  'city_names',
  'rooms',
  'open_rooms',
  'members',
  'membership_events',
];

/** Of `MEMBERS` members 90 % are in one organization; all are spread over its cities, five rooms each. */
const FILL = [
  `insert into organizations (id, name) values ('small', 'Small') on conflict do nothing`,
  `insert into cities (organization_id, key, name, seq, member_count)
     select case when i % 10 = 0 then 'small' else 'nomads' end, 'city ' || i, 'City ' || i, ${MEMBERS / CITIES}, ${MEMBERS / CITIES}
       from generate_series(0, ${CITIES - 1}) i`,
  `insert into rooms (id, organization_id, city_id, segment_key, segment_number, ordinal, member_count)
     select gen_random_uuid(), organization_id, c.id, case s when 0 then '' else 'segment ' || s end, nullif(s, 0), 1, ${MEMBERS / CITIES / 5}
       from cities c, generate_series(0, 4) s where c.key <> 'city first'`,
  `insert into members (organization_id, user_id, city_id, room_id, segment_key, model_id, features, affinities, assigned_at)
     select r.organization_id, 'user ' || r.city_id || ' ' || r.segment_key || ' ' || i, r.city_id, r.id, r.segment_key, 'm', '\\x', '\\x', now()
       from rooms r, generate_series(1, ${MEMBERS / CITIES / 5}) i where r.member_count > 1`,
  `insert into rooms (id, organization_id, city_id, segment_key, segment_number, ordinal, member_count)
     select gen_random_uuid(), organization_id, id, 'segment 1', 1, ordinal, 10
       from cities, generate_series(2, ${ROOMS}) ordinal where key = 'city 3'`,
  `insert into membership_events (city_id, seq, organization_id, kind, user_id, room_id, room_segment_number, room_member_count, at)
     select m.city_id, row_number() over (partition by m.city_id), m.organization_id, 'JOINED', m.user_id, m.room_id, r.segment_number, 1, now()
       from members m join rooms r on r.id = m.room_id where m.user_id not in ('first', 'second')`,
];

function join(userId: string, city: number | string, segment: number): Move {
  const placement = {
    modelId: 'm',
    segmentKey: segment === 0 ? '' : `segment ${segment}`,
    segmentNumber: segment || null,
    features: encodeFloats(Float32Array.of(segment)),
    affinities: encodeFloats(Float32Array.of(segment)),
  };
  return { userId, to: { cityKey: `city ${city}`, city: `City ${city}`, placement }, forget: false };
}
const leave = (userId: string, forget: boolean): Move => ({ userId, to: null, forget });

describeEachDatabase((open) => {
  describe.each([
    ['without statistics', async () => {}, async () => {}],
    ['with statistics from when they were nearly empty', analyze, async () => {}],
    ['with statistics', async () => {}, analyze],
  ])('what is read of tables %s', (_, beforeFilling, afterFilling) => {
    let test: TestDatabase;
    let counted: CountedDatabase;
    let users: string[];

    beforeAll(async () => {
      test = await open();
      await migrate(test.database);
      counted = new CountedDatabase(test.database);
      for (const table of TABLES)
        await test.database.system.query(`alter table ${table} set (autovacuum_enabled = off)`);
      // A session keeps the plans that it made: here, of tables that are nearly empty.
      await move([join('first', 'first', 1)]);
      await beforeFilling(test);
      await move([join('first', 'first', 2), join('second', 'first', 1)]);
      for (const statement of FILL) await test.database.system.query(statement);
      await afterFilling(test);
      const rows = await test.database.system.query<{ user_id: string }>(
        `select user_id from members where organization_id = 'nomads' and user_id not in ('first', 'second') order by md5(user_id) limit ${GROUP}`,
      );
      users = rows.map(({ user_id }) => user_id);
    });
    afterAll(() => test.remove());

    async function expectFewReads(rows: number, work: () => Promise<unknown>): Promise<void> {
      const reads = await counted.during(work);
      expect(reads.pages).toBeGreaterThan(0);
      expect(reads.pages).toBeLessThan(rows * READS_PER_ROW);
      expect(reads.rows).toBeLessThan(rows * READS_PER_ROW);
    }
    const move = (moves: Move[], roomCapacity: number | null = null) =>
      counted.scope('nomads').call(moveMembers, {
        organizationId: 'nomads',
        defaults: quotaOf({ roomCapacity }).defaults,
        moves,
      });

    it.each([null, 10])(
      'is little for a group of moves, with a room capacity of %p',
      async (roomCapacity) => {
        // Another capacity than before: all rooms are looked at once.
        await move([leave('nobody', false)], roomCapacity);
        const newcomers = Array.from({ length: GROUP }, (_, i) => join(randomUUID(), 1 + (i % 8), i % 5));
        await expectFewReads(GROUP, () => move(newcomers, roomCapacity));
        const movers = users.map((userId, i) => join(userId, 1 + (i % 8), i % 5));
        await expectFewReads(GROUP, () => move(movers, roomCapacity));
        const leavers = users.map((userId, i) => leave(userId, i % 2 === 0));
        await expectFewReads(GROUP, () => move(leavers, roomCapacity));
        await expectFewReads(1, () => move([join(randomUUID(), 1, 1)], roomCapacity));
      },
    );

    it('is little for what is asked by id', async () => {
      const rooms = new Rooms(counted);
      const ids = (await rooms.city('nomads', 'city 1'))?.rooms?.map(({ id }) => id) ?? [];
      await expectFewReads(5, () => rooms.city('nomads', 'city 1'));
      const page = { first: 10, after: 'city 2' }; // among them the city with thousands of rooms
      await expectFewReads(10, () => rooms.cities('nomads', page, { withRooms: false }));
      await expectFewReads(1, () => rooms.city('nomads', 'city 3', { withRooms: false }));
      await expectFewReads(5, () => rooms.rooms('nomads', ids));
      await expectFewReads(users.length, () => rooms.members('nomads', users));
      await expectFewReads(1, () => rooms.members('nomads', ['user of nobody']));
      await expectFewReads(5 * 10, () => rooms.membersOfRooms('nomads', ids, { first: 9, after: 'user' }));
    });

    it('is little for a page of all members', async () => {
      await expectFewReads(50, () => new MemberPages(counted).read('nomads', 'user 1', 50));
    });

    it('is little for the event log', async () => {
      const log = new SqlEventLog({ database: counted, retention: async () => 100 });
      await expectFewReads(1, () => log.position('nomads', 'city 1'));
      await expectFewReads(20, () => log.read('nomads', 'city 1', 50, 20));
      await expectFewReads(100, () =>
        log.prune([{ organizationId: 'nomads', cityKey: 'city 2', seq: 110 } as never]),
      );
    });
  });
});

/** By hand, as no autovacuum comes. */
async function analyze({ database }: TestDatabase): Promise<void> {
  for (const table of TABLES) await database.system.query(`analyze ${table}`);
}
