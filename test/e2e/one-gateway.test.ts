import { openFolder, start } from '../cli/command-line';
import { AssignDocument } from '../client/generated';
import { administer, postgresDatabase } from '../databases';
import { describeWith, service } from '../services';
import { GatewayProcess } from './gateway-process';
import { LIKES } from './people';
import { useStorage } from './storages';

describeWith('postgres')('one gateway at a time on PostgreSQL', () => {
  const place = openFolder();
  const storage = useStorage(postgresDatabase);

  it('refuses a second one, though not the command line, and is relieved by the next', async () => {
    const first = new GatewayProcess(storage.environment);
    await first.client;
    const second = new GatewayProcess(storage.environment);
    const { environment } = storage;
    const listed = await start({ ...place, environment }, 'key', 'list').ended;
    expect(listed).toMatchObject({ code: 0 });
    const { code, output } = await second.exited;
    expect(code).toBe(1);
    expect(output).toMatch(/waiting for it to close/);
    expect(output).toMatch(/^Another gateway .* serves this database, and one gateway at a time can/m);

    const next = new GatewayProcess(storage.environment);
    await next.logged('waiting for it to close');
    expect((await first.kill('SIGTERM')).code).toBe(0);
    await next.client;
    expect((await next.kill('SIGTERM')).code).toBe(0);
  }, 120_000);

  it('answers STORAGE_UNAVAILABLE while the server takes no connections, logs that once, and serves on', async () => {
    const gateway = new GatewayProcess(storage.environment);
    const client = await gateway.client;
    const server = service('postgres') ?? '';
    const name = new URL(storage.environment['DATABASE_URL'] ?? '').pathname.slice(1);
    const input = { userId: 'ann', city: 'Lisbon', interests: LIKES[1] };
    await client.run(AssignDocument, { input });

    await administer(server, `alter database ${name} allow_connections false`);
    await administer(
      server,
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
    );
    const refusals = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        client.refusal(AssignDocument, { input: { ...input, userId: `${i}` } }),
      ),
    );
    expect(new Set(refusals.map(({ code }) => code))).toEqual(new Set(['STORAGE_UNAVAILABLE']));
    await administer(server, `alter database ${name} allow_connections true`);
    await gateway.logged('The database can be reached again');
    await client.run(AssignDocument, { input });

    // The lock was taken again.
    const second = new GatewayProcess(storage.environment);
    expect(await second.exited).toMatchObject({ code: 1 });
    const { output } = await gateway.kill('SIGTERM');
    expect(output.match(/cannot be reached/g)).toHaveLength(1);
    expect(output.match(/can be reached again/g)).toHaveLength(1);
    expect(output).not.toMatch(/defect/i);
  }, 120_000);
});
