import { ClientError } from '../../src/errors';
import type { JobHandler, JobRecord } from '../../src/jobs/job';
import { JobRunner } from '../../src/jobs/job-runner';
import { JobStore } from '../../src/jobs/job-store';
import { DiskSpace } from '../../src/storage/disk-space';
import { migrate } from '../../src/storage/migrate';
import { DEFAULT_ORGANIZATION } from '../../src/viewer';
import { describeEachDatabase, type TestDatabase } from '../databases';

type Handler = JobHandler<{ readonly n: number }, unknown>;

describeEachDatabase((open) => {
  let test: TestDatabase;
  let store: JobStore;
  const runners: JobRunner[] = [];
  beforeAll(async () => {
    test = await open();
    await migrate(test.database);
    store = new JobStore(test.database);
  });
  afterAll(() => test.remove());
  beforeEach(() => test.database.system.query('truncate jobs'));
  afterEach(async () => {
    await Promise.all(runners.splice(0).map((runner) => runner.close()));
  });

  /** A runner, the states that its jobs went through, and a way to wait for one. */
  function start(handler: Handler, onError: (error: unknown) => void = fail) {
    const states: JobRecord[] = [];
    let look = () => {};
    const runner = new JobRunner({
      store,
      handlers: [handler],
      disk: new DiskSpace('/', 0),
      onError,
      onChange: (job) => {
        states.push(job);
        look();
      },
    });
    runners.push(runner);
    runner.start();
    const seen = (wanted: (job: JobRecord) => boolean) =>
      new Promise<JobRecord>((resolve) => {
        look = () => {
          const job = states.find(wanted);
          if (job) resolve(job);
        };
        look();
      });
    return { runner, states, seen };
  }
  const fail = (error: unknown) => {
    throw error;
  };
  const submit = (n: number, idempotencyKey?: string) =>
    store.submit({
      organizationId: DEFAULT_ORGANIZATION,
      kind: 'TRAIN',
      input: { n },
      idempotencyKey: idempotencyKey ?? null,
    });
  const find = async (id: string) => (await store.find(DEFAULT_ORGANIZATION, id)) as JobRecord;
  /** Runs until it is aborted. */
  const endless = (signal: AbortSignal) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

  it('sees a job to its end and tells every state', async () => {
    const job = await submit(20);
    const { seen, states } = start({
      kind: 'TRAIN',
      run: async ({ input }, { report }) => {
        report(0.5, 'half');
        return { double: input.n * 2 };
      },
    });
    const done = await seen(({ status }) => status === 'SUCCEEDED');
    expect(done).toMatchObject({
      id: job.id,
      progress: 1,
      message: 'half',
      result: { double: 40 },
      error: null,
    });
    expect(states.map(({ status }) => status)).toEqual(['RUNNING', 'SUCCEEDED']);
    expect(await find(job.id)).toEqual(done);
  });

  it('refuses the idempotency key of a job of another kind', async () => {
    const first = await submit(1, 'one');
    expect(await submit(2, 'one')).toEqual(first);
    const other = {
      organizationId: DEFAULT_ORGANIZATION,
      kind: 'REPORT',
      input: {},
      idempotencyKey: 'one',
    } as const;
    await expect(store.submit(other)).rejects.toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
  });

  it('tells progress while it runs', async () => {
    await submit(1);
    const { seen } = start({
      kind: 'TRAIN',
      run: (_job, { report, signal }) => {
        report(0.25, 'start 3 of 10');
        return endless(signal);
      },
    });
    expect(await seen(({ progress }) => progress === 0.25)).toMatchObject({
      status: 'RUNNING',
      message: 'start 3 of 10',
    });
  });

  it("fails with the user's error, and masks a defect", async () => {
    const first = await submit(1);
    const second = await submit(2);
    const defects: unknown[] = [];
    const reasons: string[] = [];
    const { seen } = start(
      {
        kind: 'TRAIN',
        run: async ({ input }) => {
          if (input.n === 1) throw new ClientError('BAD_USER_INPUT', 'column "age" is negative');
          throw new Error('secret detail');
        },
        ended: async (_job, reason) => void reasons.push(reason),
      },
      (error) => defects.push(error),
    );
    await seen(({ id, status }) => id === second.id && status === 'FAILED');
    expect((await find(first.id)).error).toBe('column "age" is negative');
    expect((await find(second.id)).error).not.toContain('secret');
    expect(defects).toEqual([new Error('secret detail')]);
    expect(reasons).toEqual([(await find(first.id)).error, (await find(second.id)).error]);
  });

  it('is taken up again when the database went away while it ran', async () => {
    const { id } = await submit(1);
    let runs = 0;
    const { runner, seen, states } = start({
      kind: 'TRAIN',
      run: async () => {
        if (++runs === 1) throw new ClientError('STORAGE_UNAVAILABLE', 'away');
        return {};
      },
    });
    await seen(({ status }) => status === 'RUNNING');
    // Not to wait until it counts as lost.
    await test.database.system.query("update jobs set seen_at = '-infinity' where id = $1", [id]);
    runner.wake();
    await seen(({ status }) => status === 'SUCCEEDED');
    expect(runs).toBe(2);
    expect(states.map(({ status }) => status)).not.toContain('FAILED');
  });

  it('cancels one that runs, and one that waits', async () => {
    const running = await submit(1);
    const waiting = await submit(2);
    const ended: string[] = [];
    const { runner, seen } = start({
      kind: 'TRAIN',
      run: (_job, { signal }) => endless(signal),
      ended: async ({ id }) => void ended.push(id),
    });
    await seen(({ status }) => status === 'RUNNING');
    expect(await runner.cancel(DEFAULT_ORGANIZATION, waiting.id)).toMatchObject({ status: 'CANCELLED' });
    await runner.cancel(DEFAULT_ORGANIZATION, running.id);
    await seen(({ id, status }) => id === running.id && status === 'CANCELLED');
    expect(ended.sort()).toEqual([running.id, waiting.id].sort());
    expect(await runner.cancel(DEFAULT_ORGANIZATION, running.id)).toMatchObject({ status: 'CANCELLED' });
    expect(await runner.cancel('other', running.id)).toBeNull();
  });

  it('gives what it runs back to the queue when it closes, for the next one', async () => {
    const job = await submit(1);
    const first = start({ kind: 'TRAIN', run: (_job, { signal }) => endless(signal) });
    await first.seen(({ status }) => status === 'RUNNING');
    await first.runner.close();
    expect(await find(job.id)).toMatchObject({ status: 'QUEUED' });
    const second = start({ kind: 'TRAIN', run: async () => 'done' });
    expect(await second.seen(({ status }) => status === 'SUCCEEDED')).toMatchObject({ result: 'done' });
  });

  it('takes up a job whose process was lost, and gives up one that lost three', async () => {
    const job = await submit(1);
    for (const runner of ['1', '2', '3']) {
      expect(await store.claim('TRAIN', `00000000-0000-0000-0000-00000000000${runner}`)).toMatchObject({
        id: job.id,
      });
      expect(await store.claim('TRAIN', '00000000-0000-0000-0000-000000000009')).toBeNull();
      await store.disown();
    }
    const reasons: string[] = [];
    const { seen } = start({
      kind: 'TRAIN',
      run: fail,
      ended: async (_job, reason) => void reasons.push(reason),
    });
    expect(await seen(({ status }) => status === 'FAILED')).toMatchObject({ id: job.id });
    expect(reasons).toEqual(['Its process died 3 times while it ran']);
  });

  it('lets a runner that lost its job change nothing more', async () => {
    const job = await submit(1);
    await store.claim('TRAIN', '00000000-0000-0000-0000-000000000001');
    await store.disown();
    await store.claim('TRAIN', '00000000-0000-0000-0000-000000000002');
    expect(await store.beat(job.id, '00000000-0000-0000-0000-000000000001', 1, 'late')).toBeNull();
    expect(
      await store.finish(job.id, '00000000-0000-0000-0000-000000000001', { status: 'CANCELLED' }),
    ).toBeNull();
    expect(await find(job.id)).toMatchObject({ status: 'RUNNING', message: null });
  });

  it('runs every job once though many runners are after them', async () => {
    const runs: number[] = [];
    const handler: Handler = { kind: 'TRAIN', run: async ({ input }) => void runs.push(input.n) };
    for (let n = 0; n < 20; n++) await submit(n);
    const all = [start(handler), start(handler), start(handler)];
    await Promise.all(all.map(({ runner }) => runner.close()));
    const last = start(handler);
    await last.runner.close();
    expect(runs.sort((a, b) => a - b)).toEqual(Array.from({ length: runs.length }, (_, n) => n));
  });

  it('knows a repeated request by its key', async () => {
    const first = await submit(1, 'same');
    expect(await submit(2, 'same')).toEqual(first);
    expect((await submit(2, 'other')).id).not.toBe(first.id);
  });

  it('lists the newest first, page by page', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.unshift((await submit(n)).id);
    const first = await store.list(DEFAULT_ORGANIZATION, null, 3);
    const rest = await store.list(DEFAULT_ORGANIZATION, (first[2] as JobRecord).place, 3);
    expect([...first, ...rest].map(({ id }) => id)).toEqual(ids);
    expect(await store.list('other', null, 3)).toEqual([]);
  });
});
