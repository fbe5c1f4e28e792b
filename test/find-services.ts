import { existsSync } from 'node:fs';
import { Client } from 'pg';
import { SmallDisk } from './small-disk';

const POSTGRES = process.env['TERTULIA_TEST_POSTGRES'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const PROGRAMS = (
  [
    ['Chromium', 'TERTULIA_TEST_CHROMIUM', '/usr/bin/chromium'],
    ['nginx', 'TERTULIA_TEST_NGINX', '/usr/sbin/nginx'],
  ] as const
).map(([name, variable, usual]) => [name, variable, process.env[variable] ?? usual] as const);

/** Jest's global set-up: looks for the services that tests can use, and says which tests will be skipped. */
export default async function findServices(): Promise<void> {
  const found = (await answers(POSTGRES)) ? POSTGRES : '';
  process.env['TERTULIA_TEST_POSTGRES'] = found;
  if (found === '') say('PostgreSQL', 'start one on 127.0.0.1:5432 or set TERTULIA_TEST_POSTGRES to its URL');

  for (const [name, variable, path] of PROGRAMS) {
    process.env[variable] = existsSync(path) ? path : '';
    if (!existsSync(path)) say(name, `install ${path} or set ${variable} to its path`);
  }

  const mounts = await canMount();
  process.env['TERTULIA_TEST_MOUNTS'] = mounts ? 'tmpfs' : '';
  if (!mounts) say('a small disk', 'run them as root, who may mount one in memory');
}

async function canMount(): Promise<boolean> {
  try {
    await (await SmallDisk.mount(1)).unmount();
    return true;
  } catch {
    return false;
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function say(what: string, remedy: string): void {
  process.stdout.write(`skipped: tests that need ${what} (${remedy})\n`);
}
