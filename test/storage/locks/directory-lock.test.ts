import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../../src/package-root';
import { DirectoryLock } from '../../../src/storage/locks/directory-lock';

let directory: string;
const children = new Set<ChildProcess>();
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tertulia-lock-'));
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await Promise.all([...children].map((child) => child.exitCode ?? child.signalCode ?? once(child, 'exit')));
  children.clear();
  await rm(directory, { recursive: true, force: true });
});

const claimOf = (pid: number, host = hostname(), started = '') =>
  writeFile(join(directory, 'lock'), JSON.stringify({ pid, host, started }));
const claimOfDead = () => claimOf(process.pid, hostname(), 'another start');
const holder = async () => JSON.parse(await readFile(join(directory, 'lock'), 'utf8')).pid as number;

/** Another process that acquires the lock and tells so, or why not, in one line. */
function holdScript(before = ''): string {
  const module = JSON.stringify(join(packageRoot, 'dist/storage/locks/directory-lock.js'));
  return `${before};
    require(${module}).DirectoryLock.acquire(${JSON.stringify(directory)}).then(
      () => console.log('holds ' + process.pid), (error) => console.log('refused ' + error.code));
    setInterval(() => {}, 1000);`;
}

function run(command: string, ...args: string[]): ChildProcess {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.add(child);
  return child;
}
const another = (before?: string) => run(process.execPath, '-e', holdScript(before));
const line = async (child: ChildProcess) => {
  const [text] = await once(child.stdout?.setEncoding('utf8') as NodeJS.ReadableStream, 'data');
  return (text as string).trim();
};
const stateOf = async (pid: number) => / ([A-Za-z]) /.exec(await readFile(`/proc/${pid}/stat`, 'utf8'))?.[1];
const kill = async (child: ChildProcess) => {
  child.kill('SIGKILL');
  await once(child, 'exit');
};
const onlyTheLock = async () => expect(await readdir(directory)).toEqual(['lock']);

describe('DirectoryLock', () => {
  it('lets one holder in, and the next one after its release', async () => {
    const lock = await DirectoryLock.acquire(directory);
    await expect(DirectoryLock.acquire(directory)).rejects.toThrow(`process ${process.pid}`);
    await lock.release();
    await (await DirectoryLock.acquire(directory)).release();
    expect(await readdir(directory)).toEqual([]);
  });

  it('never takes a lock from a live process, not even a stopped one', async () => {
    const child = another();
    expect(await line(child)).toBe(`holds ${child.pid}`);
    child.kill('SIGSTOP');
    await expect(DirectoryLock.acquire(directory)).rejects.toThrow(`in use by process ${child.pid}`);
    await kill(child);
    await (await DirectoryLock.acquire(directory)).release();
  });

  it('takes over from a killed process that nobody has asked for its end', async () => {
    // The shell becomes a program that never waits for its children.
    const parent = run('sh', '-c', '"$0" -e "$1" & exec sleep 600', process.execPath, holdScript());
    const pid = Number((await line(parent)).slice('holds '.length));
    await expect(DirectoryLock.acquire(directory)).rejects.toThrow(`in use by process ${pid}`);
    process.kill(pid, 'SIGKILL');
    // The whole process: its first thread ends before the others.
    while ((await stateOf(pid)) !== 'Z' || (await readdir(`/proc/${pid}/task`)).length > 1);
    process.kill(pid, 0); // as if it lived
    await (await DirectoryLock.acquire(directory)).release();
    expect(await stateOf(pid)).toBe('Z');
  });

  it('takes over from a dead process whose number another one got', async () => {
    await claimOfDead();
    await (await DirectoryLock.acquire(directory)).release();
  });

  it.each([
    ['rename', 'before it had replaced the claim'],
    ['rm', 'just after it had replaced the claim'],
  ])('takes over from a process that was killed while it took over (at %s), %s', async (call) => {
    await claimOfDead();
    const die = `require('node:fs/promises').${call} = () => process.kill(process.pid, 'SIGKILL')`;
    for (let i = 0; i < 3; i++) await once(another(die), 'exit');
    const left = await readdir(directory);
    expect(left.filter((name) => name.startsWith('lock.takeover.')).length).toBeGreaterThan(0);
    const lock = await DirectoryLock.acquire(directory);
    expect(await holder()).toBe(process.pid);
    await lock.release();
  });

  it('is not hindered by what an older version left while it took over', async () => {
    await claimOfDead();
    await mkdir(join(directory, 'lock.takeover'));
    await DirectoryLock.acquire(directory);
    await onlyTheLock();
  });

  it('leaves the takeover to a stopped process that is at it', async () => {
    await claimOfDead();
    const stop = `const fs = require('node:fs/promises'), { rename } = fs;
      fs.rename = (...args) => { process.kill(process.pid, 'SIGSTOP'); return rename(...args); }`;
    const child = another(stop);
    while ((await stateOf(child.pid as number)) !== 'T');
    await expect(DirectoryLock.acquire(directory)).rejects.toMatchObject({ code: 'EBUSY' });
    const told = line(child);
    child.kill('SIGCONT');
    expect(await told).toBe(`holds ${child.pid}`);
    expect(await holder()).toBe(child.pid);
  });

  it('respects a claim from another machine', async () => {
    await claimOf(1, 'elsewhere');
    await expect(DirectoryLock.acquire(directory)).rejects.toThrow('on elsewhere');
  });

  it.each(['', 'null', '7', '{}'])('takes over a claim that names nobody: %j', async (text) => {
    await writeFile(join(directory, 'lock'), text);
    await DirectoryLock.acquire(directory);
    await onlyTheLock();
  });

  it('gives the directory to exactly one of many who find a dead owner', async () => {
    await claimOfDead();
    const tries = await Promise.allSettled(
      Array.from({ length: 20 }, () => DirectoryLock.acquire(directory)),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await holder()).toBe(process.pid);
  });

  it('gives the directory to exactly one of several processes, too', async () => {
    await claimOfDead();
    const answers = await Promise.all(Array.from({ length: 6 }, () => line(another())));
    expect(answers.toSorted().slice(1)).toEqual(Array(5).fill('refused EBUSY'));
    expect(answers).toContain(`holds ${await holder()}`);
  });
});
