import { GatewayProcess } from '../e2e/gateway-process';
import { openFolder, start } from './command-line';

const place = openFolder();
const run = (...args: string[]) => start(place, 'key', ...args).ended;
const DATA_DIR = `${place.folder}/data`; // the default, where commands run
const headers = (key: string) => ({ 'content-type': 'application/json', authorization: `Bearer ${key}` });

it('makes keys before there is a gateway, which is then not open, and ends them', async () => {
  const admin = await run('create', '--role', 'ADMIN', '--label', 'root');
  expect(admin).toMatchObject({ code: 0, stdout: expect.stringMatching(/^tk_[0-9a-f]{12}_[\w-]{43}\n$/) });
  const web = await run('create', '--role', 'APP', '--label', 'web');
  const key = web.stdout.trim();
  const prefix = key.slice(0, 15);

  const listed = await run('list');
  expect(listed.stdout.split('\n')[0]).toMatch(/^KEY +ROLE +LABEL +CREATED +LAST USED +REVOKED$/);
  expect(listed.stdout).toMatch(new RegExp(`^${prefix} +APP +web +\\S+Z +- +-$`, 'm'));
  expect(listed.stdout).not.toContain(key.slice(16));

  // Other hosts than the loopback may reach it, since it has a key.
  const gateway = new GatewayProcess({ HOST: '0.0.0.0', DATA_DIR });
  const { port } = new URL((await gateway.client).url);
  const ask = (secret: string) =>
    fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers: headers(secret),
      body: '{"query": "{ segments { number } }"}',
    }).then(({ status }) => status);
  expect([await ask(key), await ask(`${prefix}_${'A'.repeat(43)}`)]).toEqual([200, 401]);

  // The embedded database is the gateway's alone meanwhile.
  const refused = await run('list');
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toMatch(/^\S+ is in use by process \d+ on .*\n$/);
  await gateway.kill('SIGTERM');

  expect(await run('revoke', prefix)).toMatchObject({ code: 0, stdout: `Revoked ${prefix} (web)\n` });
  expect((await run('list')).stdout).toMatch(new RegExp(`^${prefix} +APP +web +\\S+Z +\\S+Z +\\S+Z$`, 'm'));
}, 60_000);

it('says what is wrong', async () => {
  expect(await run('create', '--role', 'APP', '--label', 'x', '--organization', 'nobody')).toMatchObject({
    code: 1,
    stderr: 'There is no organization "nobody".\n',
  });
  expect(await run('revoke', 'tk_nothing')).toMatchObject({
    code: 1,
    stderr: 'There is no API key tk_nothing\n',
  });
  expect((await run('create', '--role', 'MEMBER', '--label', 'x')).code).toBe(2);
});

it('does not let a gateway without keys be reached from elsewhere', async () => {
  const { code, output } = await new GatewayProcess({ HOST: '0.0.0.0', DATA_DIR: `${place.folder}/empty` })
    .exited;
  expect(code).toBe(1);
  expect(output).toMatch(
    /^The environment is not right:\n- HOST \(now "0\.0\.0\.0"\) is reachable from elsewhere/m,
  );
}, 30_000);
