import { UserExports } from '../../src/membership/export-user';
import type { MembershipEvent } from '../../src/membership/log/event';
import { eventPlace } from '../../src/membership/log/events-of-user';
import { migrate } from '../../src/storage/migrate';
import { DEFAULT_ORGANIZATION } from '../../src/viewer';
import { describeEachDatabase, type TestDatabase } from '../databases';

const EVENTS = 20_000;

interface Explained {
  readonly 'QUERY PLAN': readonly {
    readonly Plan: Readonly<Record<'Shared Hit Blocks' | 'Shared Read Blocks', number>>;
  }[];
}

describeEachDatabase((open) => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await open();
    await migrate(test.database);
    await test.database.system.query(
      "insert into cities (organization_id, key, name) values ('nomads', 'a', 'A')",
    );
    await test.database.system.query(
      `insert into membership_events (city_id, seq, organization_id, kind, user_id, room_id, room_member_count, at)
       select 1, n, 'nomads', case n % 2 when 1 then 'JOINED' else 'LEFT' end, 'ana', gen_random_uuid(), 1,
              timestamptz '2026-01-01' + (n / 2) * interval '1 second'
         from generate_series(1, ${EVENTS}) n`,
    );
  });
  afterAll(() => test.remove());

  const blocks = async () => {
    const [row] = await test.database.scope(DEFAULT_ORGANIZATION).query<Explained>(
      `explain (analyze, buffers, format json)
       select * from events_of_user('nomads', 'ana', '2026-01-01T01:00:00Z', false, gen_random_uuid(), 1, 101)`,
    );
    const plan = row?.['QUERY PLAN'][0]?.Plan;
    return (plan?.['Shared Hit Blocks'] ?? Infinity) + (plan?.['Shared Read Blocks'] ?? Infinity);
  };

  // Nothing has analysed the table: the planner knows nothing of it.
  it("reads no more of a person's events than the page", async () => {
    await blocks(); // which reads the catalogue, too
    expect(await blocks()).toBeLessThan(50);
  });

  it('pages through all of them', async () => {
    const exports = new UserExports({ database: test.database, models: { find: async () => null } });
    const seqs = new Set<number>();
    for (let after: string | null = null, more = true; more; ) {
      const page = await exports.events(DEFAULT_ORGANIZATION, 'ana', { first: 1_000, after });
      for (const { seq } of page.items) seqs.add(seq);
      [after, more] = [eventPlace(page.items.at(-1) as MembershipEvent), page.hasMore];
    }
    expect(seqs.size).toBe(EVENTS);
  });
});
