import { ServingLock, type ServingLockOptions } from '../../../src/storage/locks/serving-lock';
import { administer, postgresDatabase, type TestDatabase } from '../../databases';
import { describeWith, service } from '../../services';
import { TcpProxy } from '../../tcp-proxy';

describeWith('postgres')('ServingLock', () => {
  let test: TestDatabase;
  let url: string;
  let proxy: TcpProxy;
  const locks: ServingLock[] = [];
  beforeAll(async () => {
    test = await postgresDatabase();
    url = test.environment['DATABASE_URL'] ?? '';
    const { hostname, port } = new URL(url);
    proxy = await TcpProxy.start({ host: hostname, port: Number(port || 5432) });
  });
  afterEach(() => Promise.all(locks.splice(0).map((lock) => lock.release())));
  afterAll(async () => {
    await proxy.close();
    await test.remove();
  });

  async function acquire(options: Partial<ServingLockOptions> = {}): Promise<ServingLock> {
    const unwanted = (what: unknown) => {
      throw new Error(String(what));
    };
    const lock = await ServingLock.acquire({ url, onWait: () => undefined, onLost: unwanted, ...options });
    locks.push(lock);
    return lock;
  }
  const throughProxy = () => {
    const there = new URL(url);
    there.port = String(proxy.port);
    there.hostname = '127.0.0.1';
    return there.href;
  };
  /** The sessions that hold the lock: one or none. */
  const holders = async () =>
    (
      await test.database.system.query<{ pid: number }>(
        "select pid from pg_locks where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())",
      )
    ).map(({ pid }) => pid);
  const isRefused = () => expect(acquire({ patienceMs: 0 })).rejects.toMatchObject({ code: 'EBUSY' });

  it('lets one in, refuses the next one by name, and lets it in after the release', async () => {
    const first = await acquire();
    await expect(acquire({ patienceMs: 300 })).rejects.toThrow(
      new RegExp(`^Another gateway \\("tertulia serve \\w+ ${process.pid} on .*serves this database`),
    );
    await first.release();
    await acquire({ patienceMs: 0 });
  });

  it('waits for the gateway before to close', async () => {
    const first = await acquire();
    const waited: string[] = [];
    const second = acquire({
      patienceMs: 60_000,
      onWait: (message) => {
        waited.push(message);
        void first.release();
      },
    });
    await second;
    expect(waited).toEqual([expect.stringContaining('waiting for it to close')]);
  });

  it('lets one of many in', async () => {
    const tries = await Promise.allSettled(Array.from({ length: 10 }, () => acquire({ patienceMs: 0 })));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('takes the lock again when its session was ended', async () => {
    await acquire();
    const [before] = await holders();
    await administer(service('postgres') ?? '', `select pg_terminate_backend(${before})`);
    let after = await holders();
    while (after.length === 0 || after[0] === before) after = await holders();
    await isRefused();
  });

  it('tells when another one took it meanwhile', async () => {
    let tellLost: (error: Error) => void = () => undefined;
    const lost = new Promise<Error>((resolve) => {
      tellLost = resolve;
    });
    await acquire({ url: throughProxy(), onLost: (error) => tellLost(error) });
    await proxy.set('refuse');
    await acquire({ patienceMs: 60_000 });
    await proxy.set('pass');
    expect((await lost).message).toMatch(/^Another gateway .* serves this database/);
    await isRefused();
  });

  it('notices a server that went silent, and ends the session that the server still holds', async () => {
    await acquire({ url: throughProxy(), beatMs: 50 });
    const [before] = await holders();
    await proxy.set('silent');
    while ((await holders())[0] === before); // its socket was given up
    await proxy.set('pass');
    while ((await holders()).length === 0);
    await isRefused();
  });
});
