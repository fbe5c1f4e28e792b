import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Procedure } from '../../src/storage/database';
import { PgliteDatabase, type PgliteOptions } from '../../src/storage/pglite/pglite';

const { procedure: hang }: { procedure: Procedure<null, never> } = require('../fixtures/hang.cjs');

describe('an embedded database that does not answer', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tertulia-test-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));
  const open = (options: PgliteOptions) =>
    PgliteDatabase.open(directory, { durability: 'process', ...options });

  it('is told of once a statement is past its limit', async () => {
    let tell: (error: Error) => void = () => undefined;
    const stuck = new Promise<Error>((resolve) => {
      tell = resolve;
    });
    const database = await open({ statementMs: 500, onStuck: (error) => tell(error) });
    const refused = expect(database.system.call(hang, null)).rejects.toThrow('has stopped');
    expect((await stuck).message).toBe('The embedded database has not answered for 0.5 seconds.');
    await database.close();
    await refused;
  });

  it('closes all the same, and what waited is told', async () => {
    const database = await open({});
    const asked = database.system.call(hang, null);
    const waiting = database.system.query('select 1');
    const refused = Promise.all(
      [asked, waiting].map((answer) =>
        expect(answer).rejects.toMatchObject({ extensions: { code: 'STORAGE_UNAVAILABLE' } }),
      ),
    );
    await database.close();
    await refused;
    const next = await open({});
    expect(await next.system.query('select 1 as one')).toEqual([{ one: 1 }]);
    await next.close();
  });

  it('is opened again where nobody is told', async () => {
    const database = await open({ statementMs: 500 });
    await expect(database.system.call(hang, null)).rejects.toMatchObject({
      extensions: { code: 'STORAGE_UNAVAILABLE' },
    });
    const again = async (): Promise<unknown> => {
      await delay(50);
      return database.system.query('select 1 as one').catch(again);
    };
    expect(await again()).toEqual([{ one: 1 }]);
    await database.close();
  });
});
