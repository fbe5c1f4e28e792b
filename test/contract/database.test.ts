import { migrate } from '../../src/storage/migrate';
import { describeEachDatabase, type TestDatabase } from '../databases';

describeEachDatabase((open) => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await open();
    await test.database.query('create table notes (id integer primary key, text text)');
  });
  afterAll(() => test.remove());
  beforeEach(() => test.database.query('truncate notes'));

  it('reads the same values whatever the driver', async () => {
    const [row] = await test.database.query(
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

  it('commits what a transaction did, as a whole', async () => {
    const answer = await test.database.transaction(async (transaction) => {
      await transaction.query('insert into notes values (1, $1)', ['one']);
      await transaction.query('insert into notes values (2, $1)', ['two']);
      return 'done';
    });
    expect(answer).toBe('done');
    expect(await test.database.query('select text from notes order by id')).toEqual([
      { text: 'one' },
      { text: 'two' },
    ]);
  });

  it('rolls everything back when the work throws, and goes on', async () => {
    const failing = test.database.transaction(async (transaction) => {
      await transaction.query("insert into notes values (1, 'one')");
      throw new Error('on purpose');
    });
    await expect(failing).rejects.toThrow('on purpose');
    expect(await test.database.query('select * from notes')).toEqual([]);
  });

  it('reports a failed statement with its SQLSTATE and message', async () => {
    await test.database.query("insert into notes values (1, 'one')");
    await expect(test.database.query("insert into notes values (1, 'again')")).rejects.toMatchObject({
      code: '23505',
      message: expect.stringContaining('notes_pkey'),
    });
  });

  it('keeps concurrent transactions apart', async () => {
    await test.database.query("insert into notes values (1, '0')");
    await Promise.all(
      Array.from({ length: 20 }, () =>
        test.database.transaction(async (transaction) => {
          const [row] = await transaction.query<{ text: string }>(
            'select text from notes where id = 1 for update',
          );
          await transaction.query('update notes set text = $1 where id = 1', [String(Number(row?.text) + 1)]);
        }),
      ),
    );
    expect(await test.database.query('select text from notes')).toEqual([{ text: '20' }]);
  });

  it('migrates once, also when several start together', async () => {
    const runs = await Promise.all([migrate(test.database), migrate(test.database), migrate(test.database)]);
    expect(runs.flat().sort()).toEqual([...new Set(runs.flat())].sort());
    expect(runs.flat()).toContain('001_membership.sql');
    expect(await migrate(test.database)).toEqual([]);
  });
});
