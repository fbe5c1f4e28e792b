import { ClientError } from '../../src/errors';
import { runTask } from '../../src/jobs/run-task';
import type { TaskName } from '../../src/jobs/task';

interface Input {
  readonly act: 'add' | 'refuse' | 'fail' | 'die' | 'spin';
  readonly numbers?: readonly number[];
}

const task: TaskName<Input, unknown> = { module: require.resolve('../fixtures/tasks.cjs') };

const run = (input: Input, signal = new AbortController().signal, report = (_p: number, _m: string) => {}) =>
  runTask(task, input, { signal, report });

it('answers with what the task gave', async () => {
  expect(await run({ act: 'add', numbers: [1, 2, 39] })).toBe(42);
});

it("hands on what is the user's to mend", async () => {
  const error = await run({ act: 'refuse' }).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(ClientError);
  expect(error).toMatchObject({
    message: 'column "age" is negative',
    extensions: { code: 'BAD_USER_INPUT' },
  });
});

it('tells a defect with its stack', async () => {
  const error = (await run({ act: 'fail' }).catch((e: unknown) => e)) as Error;
  expect(error).not.toBeInstanceOf(ClientError);
  expect(error.stack).toContain('tasks.cjs');
});

it('notices that the process died', async () => {
  await expect(run({ act: 'die' })).rejects.toThrow('SIGKILL');
});

it('kills a task that hears nothing when it is aborted', async () => {
  const stop = new AbortController();
  let pid = 0;
  const running = run({ act: 'spin' }, stop.signal, (_progress, message) => {
    pid = Number(message.slice(4));
    stop.abort(new Error('cancelled on purpose'));
  });
  await expect(running).rejects.toThrow('cancelled on purpose');
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});
