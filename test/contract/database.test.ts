import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../src/package-root';
import type { Procedure } from '../../src/storage/database';
import { migrate } from '../../src/storage/migrate';
import { describeEachDatabase, type TestDatabase } from '../databases';

const {
  procedure: addNotes,
}: {
  procedure: Procedure<
    { texts?: string[]; last?: { id: number; text: string }; increment?: number; fail?: string },
    string
  >;
} = require('../fixtures/add-notes.cjs');

describeEachDatabase((open) => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await open();
    await test.database.system.query('create table notes (id integer primary key, text text)');
  });
  afterAll(() => test.remove());
  beforeEach(() => test.database.system.query('truncate notes'));

  it('reads the same values whatever the driver', async () => {
    const [row] = await test.database.system.query(
      `select 1::integer as i, 1.5::real as r, true as b, null as n, 'ñ' as t, $1::bigint::text as big,
              array[1, 0.5]::real[] as list, '{"a": [1]}'::json as j, $2::text[] as names`,
      ['9007199254740993', ['a"b', 'c,d', '']],
    );
    expect(row).toEqual({
      i: 1,
      r: 1.5,
      b: true,
      n: null,
      t: 'ñ',
      big: '9007199254740993',
      list: [1, 0.5],
      j: { a: [1] },
      names: ['a"b', 'c,d', ''],
    });
  });

  it('commits with the last statement, and nothing when that fails', async () => {
    const notes = () => test.database.system.query('select text from notes order by id');
    const { system } = test.database;
    await system.call(addNotes, { texts: ['one'], last: { id: 2, text: 'two' } });
    expect(await notes()).toEqual([{ text: 'one' }, { text: 'two' }]);
    const taken = system.call(addNotes, { increment: 1, last: { id: 1, text: 'again' } });
    await expect(taken).rejects.toThrow(/duplicate key/);
    expect(await notes()).toEqual([{ text: 'one' }, { text: 'two' }]);
    await system.call(addNotes, { last: { id: 3, text: 'three' } });
    expect(await notes()).toHaveLength(3);
  });

  it('commits what a procedure did, as a whole', async () => {
    expect(await test.database.system.call(addNotes, { texts: ['one', 'two'] })).toBe('done');
    expect(await test.database.system.query('select text from notes order by id')).toEqual([
      { text: 'one' },
      { text: 'two' },
    ]);
  });

  it('rolls everything back when a procedure throws, and goes on', async () => {
    await expect(test.database.system.call(addNotes, { texts: ['one'], fail: 'on purpose' })).rejects.toThrow(
      'on purpose',
    );
    expect(await test.database.system.query('select * from notes')).toEqual([]);
  });

  it('reports a failed statement with its SQLSTATE and message', async () => {
    await test.database.system.query("insert into notes values (1, 'one')");
    await expect(test.database.system.query("insert into notes values (1, 'again')")).rejects.toMatchObject({
      code: '23505',
      message: expect.stringContaining('notes_pkey'),
    });
  });

  it('refuses a text that no database can hold, as the client who sent it can understand', async () => {
    const refused = test.database.system.query('select * from notes where text = $1', ['a\0b']);
    await expect(refused).rejects.toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
    const added = test.database.system.call(addNotes, { texts: ['a\0b'] });
    await expect(added).rejects.toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
  });

  it('keeps concurrent procedures apart', async () => {
    await test.database.system.query("insert into notes values (1, '0')");
    await Promise.all(
      Array.from({ length: 20 }, () => test.database.system.call(addNotes, { increment: 2 })),
    );
    expect(await test.database.system.query('select text from notes')).toEqual([{ text: '40' }]);
  });

  it('migrates once, in the order of the names, also when several start together', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tertulia-test-'));
    await writeFile(join(folder, '902_b.sql'), "insert into tried values ('b');");
    await writeFile(
      join(folder, '901_a.sql'),
      "create table tried (name text); insert into tried values ('a');",
    );
    const runs = await Promise.all([1, 2, 3].map(() => migrate(test.database, folder)));
    expect(runs.flat().sort()).toEqual(['901_a.sql', '902_b.sql']);
    expect(await migrate(test.database, folder)).toEqual([]);
    expect(await test.database.system.query('select name from tried')).toEqual([
      { name: 'a' },
      { name: 'b' },
    ]);
    await rm(folder, { recursive: true });
  });

  it('is brought up to date by the migrations of the project', async () => {
    await migrate(test.database);
    expect(await migrate(test.database)).toEqual([]);
    const [{ count } = { count: 0 }] = await test.database.system.query<{ count: number }>(
      "select count(*)::integer as count from schema_migrations where name not like '90%'",
    );
    expect(count).toBe((await readdir(join(packageRoot, 'migrations'))).length);
  });
});
