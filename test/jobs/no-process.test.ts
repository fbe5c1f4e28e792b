import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../src/package-root';

const run = promisify(execFile);

/** Runs a task in a process that something was done to before. @returns what came of it, and what was reported. */
async function outcome(
  before: string,
  onReport = '',
): Promise<{ output?: unknown; name?: string; message?: string; reports: string[] }> {
  const script = `
    const fs = require('node:fs');
    const { runTask } = require(${JSON.stringify(join(packageRoot, 'dist/jobs/run-task.js'))});
    const reports = [];
    const held = [];
    ${before};
    const task = { module: ${JSON.stringify(require.resolve('../fixtures/tasks.cjs'))} };
    const report = (_progress, message) => { reports.push(message); ${onReport} };
    const control = { signal: new AbortController().signal, report };
    runTask(task, { act: 'add', numbers: [1, 2] }, control)
      .then((output) => ({ output }), ({ name, message }) => ({ name, message }))
      .then((end) => {
        for (const file of held) fs.closeSync(file);
        console.log(JSON.stringify({ ...end, reports }));
      });`;
  const { stdout } = await run('sh', ['-c', 'ulimit -n 64; exec "$0" -e "$1"', process.execPath, script]);
  return JSON.parse(stdout);
}
const TAKE_ALL_FILES = `try { for (;;) held.push(fs.openSync('/dev/null')); } catch {}`;

it.each([
  ['ENOENT', "process.execPath = '/does/not/exist'"],
  ['EACCES', "process.execPath = '/etc/passwd'"],
])('says why no process starts: %s', async (code, before) => {
  expect(await outcome(before)).toEqual({
    name: 'NoProcessError',
    message: expect.stringContaining(`could not start a process for it (${code})`),
    reports: [],
  });
});

it('tries again while no file descriptor is left, and then goes on', async () => {
  const { output, reports } = await outcome(
    TAKE_ALL_FILES,
    'if (reports.length === 2) for (const file of held.splice(0)) fs.closeSync(file);',
  );
  expect(output).toBe(3);
  expect(reports).toEqual(Array(2).fill('waiting for a process (EMFILE)'));
});

it('gives up in the end', async () => {
  expect(await outcome(TAKE_ALL_FILES)).toEqual({
    name: 'NoProcessError',
    message: expect.stringContaining('(EMFILE)'),
    reports: Array(4).fill('waiting for a process (EMFILE)'),
  });
});
