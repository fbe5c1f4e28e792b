import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PgliteDatabase, type PgliteOptions } from '../../src/storage/pglite/pglite';
import { describeWith } from '../services';
import { SmallDisk } from '../small-disk';

const MEGABYTES = 1e6;
const UNAVAILABLE = { extensions: { code: 'STORAGE_UNAVAILABLE' } };

describeWith('mounts')('the embedded database on a full disk', () => {
  let disk: SmallDisk;
  let database: PgliteDatabase;
  beforeEach(async () => {
    disk = await SmallDisk.mount(200);
  });
  afterEach(async () => {
    await database.close();
    await disk.unmount();
  });

  async function open(options: PgliteOptions): Promise<void> {
    database = await PgliteDatabase.open(join(disk.directory, 'data'), options);
    await database.system.query('create table notes (id integer primary key, text text)');
    await database.system.query("insert into notes select i, '' from generate_series(1, 5000) i");
  }
  const add = (id: number) => database.system.query('insert into notes values ($1, $2)', [id, 'a note']);
  const ids = async () => {
    const rows = await database.system.query<{ id: number }>(
      'select id from notes where id > 5000 order by 1',
    );
    return rows.map(({ id }) => id);
  };
  /** Writes into the log more than anywhere else. */
  const rewrite = () => database.system.query("update notes set text = 'x' || text");

  it('reads on and refuses to write below the reserve, under every role, until there is room', async () => {
    await open({ diskReserveBytes: 40 * MEGABYTES });
    await add(5001);
    disk.fill(39);
    await delay(150); // the disk is looked at every tenth of a second
    await expect(add(5002)).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: expect.stringMatching(
        /^The disk is full: 3\d\.\d MB are free, and 40\.0 MB are needed before anything is written\.$/,
      ),
    });
    const scoped = database.scope('nomads');
    await expect(scoped.query("update organizations set name = 'x'")).rejects.toMatchObject(UNAVAILABLE);
    expect(await scoped.query('select id from organizations')).toEqual([{ id: 'nomads' }]);
    expect(await ids()).toEqual([5001]);
    disk.makeRoom();
    await delay(150);
    await add(5003);
    expect(await ids()).toEqual([5001, 5003]);
  });

  it('ends a statement that takes half of the reserve, and keeps the rest for the log', async () => {
    await open({ diskReserveBytes: 40 * MEGABYTES });
    disk.fill(60);
    const grow = database.system.query(
      "insert into notes select i, repeat('x', 1000) from generate_series(10000, 100000) i",
    );
    await expect(grow).rejects.toMatchObject(UNAVAILABLE);
    expect(await ids()).toEqual([]);
    disk.makeRoom();
    await delay(150);
    await add(5001);
    expect(await ids()).toEqual([5001]);
  });

  it('opens again by itself when its log had no room, with all that was answered', async () => {
    const began = jest.fn();
    await open({ diskReserveBytes: 0, outages: { began, ended: () => undefined } });
    disk.fill(12);
    const added: number[] = [];
    for (let id = 5001; began.mock.calls.length === 0; id++) {
      await add(id).then(
        () => added.push(id),
        () => undefined,
      );
      await rewrite().catch(() => undefined);
    }
    disk.makeRoom();
    for (;;) {
      try {
        await add(1_000_000);
        break;
      } catch (error) {
        expect(error).toMatchObject(UNAVAILABLE);
        await delay(100);
      }
    }
    expect(added).not.toEqual([]);
    expect(await ids()).toEqual(expect.arrayContaining(added));
  });
});
