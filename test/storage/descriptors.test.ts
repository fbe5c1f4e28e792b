import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Enough to open the database. */
const DESCRIPTORS = 200;

it.each(['power', 'process'])(
  'the embedded database writes again when there are file descriptors again (durability "%s")',
  async (durability) => {
    const folder = await mkdtemp(join(tmpdir(), 'tertulia-test-'));
    const script = require.resolve('../fixtures/without-descriptors.cjs');
    const command = `ulimit -n ${DESCRIPTORS}; exec "$0" "$@"`;
    const { stdout } = await run('bash', ['-c', command, process.execPath, script, folder, durability]);
    await rm(folder, { recursive: true, force: true });
    expect(stdout).toBe('true 40000');
  },
  60_000,
);
