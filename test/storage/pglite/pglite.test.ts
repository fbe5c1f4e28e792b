import { readdir, readlink } from 'node:fs/promises';
import { PgliteDatabase } from '../../../src/storage/pglite/pglite';
import { embeddedDatabase } from '../../databases';

describe('PgliteDatabase', () => {
  it('uses the room of deleted rows again after a vacuum', async () => {
    const { database, remove } = await embeddedDatabase();
    if (!(database instanceof PgliteDatabase)) throw new Error('the embedded database is PGlite');
    await database.system.query('create table notes (id integer primary key, text text)');
    const sizes: number[] = [];
    for (let round = 0; round < 5; round++) {
      await database.system.query(
        `insert into notes select i, repeat('x', 100) from generate_series(1, 2000) i`,
      );
      await database.system.query('delete from notes');
      await database.vacuum();
      const [row] = await database.system.query<{ size: number }>(
        `select pg_total_relation_size('notes')::integer as size`,
      );
      sizes.push(row?.size ?? 0);
    }
    await remove();
    // The first round's pages are still being added to the file when it is measured.
    const [, second, ...later] = sizes;
    expect(later).toEqual([second, second, second]);
  });

  it('keeps so many files open at most, however many tables are read', async () => {
    const { database, remove } = await embeddedDatabase();
    const tables = await database.system.query<{ name: string }>(
      "select oid::regclass::text as name from pg_class where relkind in ('r', 't')",
    );
    for (const { name } of tables) await database.system.query(`select count(*) from ${name}`);
    expect(tables.length).toBeGreaterThan(130);
    const open = await Promise.all(
      (await readdir('/proc/self/fd')).map((descriptor) =>
        readlink(`/proc/self/fd/${descriptor}`).catch(() => ''),
      ),
    );
    const ofDatabase = open.filter((file) => file.includes('/database/'));
    expect(ofDatabase.length).toBeGreaterThan(20);
    expect(ofDatabase.length).toBeLessThan(128);
    await remove();
  });
});
