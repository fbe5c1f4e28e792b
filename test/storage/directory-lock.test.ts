import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DirectoryLock } from '../../src/storage/directory-lock';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tertulia-lock-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const claimOf = (pid: number, host = hostname(), started = '') =>
  writeFile(join(directory, 'lock'), JSON.stringify({ pid, host, started }));

describe('DirectoryLock', () => {
  it('lets one holder in, and the next one after its release', async () => {
    const lock = await DirectoryLock.acquire(directory);
    await expect(DirectoryLock.acquire(directory)).rejects.toThrow(`process ${process.pid}`);
    await lock.release();
    await (await DirectoryLock.acquire(directory)).release();
  });

  it('never takes a lock from a live process, not even a stopped one', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    child.kill('SIGSTOP');
    await claimOf(child.pid ?? 0);
    await expect(DirectoryLock.acquire(directory)).rejects.toThrow(`in use by process ${child.pid}`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await (await DirectoryLock.acquire(directory)).release();
  });

  it('takes over from a dead process whose number another one got', async () => {
    await claimOf(process.pid, hostname(), 'another start');
    await (await DirectoryLock.acquire(directory)).release();
  });

  it('respects a claim from another machine', async () => {
    await claimOf(1, 'elsewhere');
    await expect(DirectoryLock.acquire(directory)).rejects.toThrow('on elsewhere');
  });

  it('gives the directory to exactly one of many who find a dead owner', async () => {
    await claimOf(process.pid, hostname(), 'another start');
    const tries = await Promise.allSettled(
      Array.from({ length: 20 }, () => DirectoryLock.acquire(directory)),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(JSON.parse(await readFile(join(directory, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid });
  });
});
