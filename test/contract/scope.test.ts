import { migrate } from '../../src/storage/migrate';
import { describeEachDatabase, type TestDatabase } from '../databases';

describeEachDatabase((open) => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await open();
    await migrate(test.database);
    await test.database.system.query("insert into organizations values ('a', 'A'), ('it''s', 'B')");
    for (const organization of ['a', "it's"]) {
      await test.database
        .scope(organization)
        .query('insert into cities (organization_id, key, name) values ($1, $2, $2)', [
          organization,
          `of ${organization}`,
        ]);
    }
  });
  afterAll(() => test.remove());

  const cities = 'select name from cities order by name';

  it('shows an organization its own rows alone, though nobody asks whose', async () => {
    expect(await test.database.scope('a').query(cities)).toEqual([{ name: 'of a' }]);
    expect(await test.database.scope("it's").query(cities)).toEqual([{ name: "of it's" }]);
    expect(await test.database.scope('').query(cities)).toEqual([]);
    expect(await test.database.scope('a').query('select id from organizations')).toEqual([{ id: 'a' }]);
  });

  it('shows the system all rows, before and after others', async () => {
    const all = [{ name: 'of a' }, { name: "of it's" }];
    expect(await test.database.system.query(cities)).toEqual(all);
    await test.database.scope('a').query(cities);
    expect(await test.database.system.query(cities)).toEqual(all);
  });

  it('takes no row of another organization', async () => {
    const scoped = test.database.scope('a');
    const insert = "insert into cities (organization_id, key, name) values ('it''s', 'x', 'x')";
    await expect(scoped.query(insert)).rejects.toThrow('row-level security');
    await expect(scoped.query("update cities set organization_id = 'it''s'")).rejects.toThrow(
      'row-level security',
    );
    await scoped.query("update cities set seq = 7 where organization_id = 'it''s'");
    await scoped.query("delete from cities where organization_id = 'it''s'");
    expect(await test.database.scope("it's").query('select seq from cities')).toEqual([{ seq: 0 }]);
  });

  it('has every table that belongs to organizations behind the barrier', async () => {
    const open = await test.database.system.query(
      `select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id'
        where c.relkind = 'r' and not c.relrowsecurity`,
    );
    expect(open).toEqual([]);
  });

  it('keeps concurrent requests of different organizations apart', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) => test.database.scope(i % 2 ? 'a' : "it's").query(cities)),
    );
    answers.forEach((rows, i) => {
      expect(rows).toEqual([{ name: i % 2 ? 'of a' : "of it's" }]);
    });
  });
});
