import { CityNames } from '../../src/membership/cities/city-names';
import { Rooms } from '../../src/membership/rooms';
import { migrate } from '../../src/storage/migrate';
import { describeEachDatabase, type TestDatabase } from '../databases';

/** What the migration has done, undone: a database of the version before. */
const BEFORE = [
  'drop trigger add_name on cities',
  'drop trigger remove_names on cities',
  'drop function add_city_name',
  'drop function remove_city_names',
  'drop table city_names',
  'alter table cities drop column name_key',
  'alter table cities add unique (organization_id, key)',
  "delete from schema_migrations where name = '010_city_names.sql'",
];

describeEachDatabase((open) => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await open();
    await migrate(test.database);
  });
  afterAll(() => test.remove());

  it('names the cities of an older database apart, and keeps everything else', async () => {
    const { system } = test.database;
    for (const statement of BEFORE) await system.query(statement);
    await system.query("insert into organizations (id, name) values ('shop', 'Shop')");
    const names = ['Lisbon', 'Straße', 'ＬＩＳＢＯＮ', 'lisbon (2)', 'Lis\u200bbon', 'strasse'];
    for (const [i, name] of names.entries()) {
      await system.query(
        'insert into cities (organization_id, key, name, seq, member_count) values ($1, $2, $3, $4, $4)',
        ['nomads', name.toLowerCase(), name, i],
      );
    }
    await system.query("insert into cities (organization_id, key, name) values ('shop', 'lisbon', 'LISBON')");
    const kept =
      'select id::text, organization_id, seq, oldest_seq, member_count from cities order by cities.id';
    const before = await system.query(kept);

    expect(await migrate(test.database)).toEqual(['010_city_names.sql']);

    expect(await system.query(kept)).toEqual(before);
    const rooms = new Rooms(test.database);
    const found = ['Lisbon', 'Straße', 'ＬＩＳＢＯＮ (3)', 'lisbon (2)', 'Lisbon (4)', 'strasse (2)'];
    const { items } = await rooms.cities('nomads', { first: 100, after: null });
    expect(items.map(({ name, seq }) => [name, seq]).sort()).toEqual(
      found.map((name, i) => [name, i]).sort(),
    );
    expect(items.map(({ key }) => key)).toEqual([
      ...['lisbon', 'lisbon (2)', 'lisbon (3)', 'lisbon (4)', 'strasse', 'strasse (2)'],
    ]);
    for (const { key, seq } of items) expect(await rooms.city('nomads', key)).toMatchObject({ key, seq });
    expect(await rooms.city('shop', 'lisbon')).toMatchObject({ name: 'LISBON' });

    const told: string[] = [];
    const cities = new CityNames({ database: test.database, onName: (_id, key) => void told.push(key) });
    await cities.rename('nomads', 'Lisbon (4)', 'Porto');
    expect(told).toEqual(['porto']);
    expect(await rooms.cityIds('nomads', ['porto', 'lisbon (4)', 'nowhere'])).toEqual(['5', '5', null]);
  });
});
