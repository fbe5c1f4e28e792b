import { randomUUID } from 'node:crypto';
import { array, asyncProperty, assert as check, constant, nat, oneof, record } from 'fast-check';
import type { JobRecord } from '../../src/jobs/job';
import { JobStore } from '../../src/jobs/job-store';
import { migrate } from '../../src/storage/migrate';
import { describeEachDatabase, type TestDatabase } from '../databases';

const ORGANIZATIONS = ['a', 'b', 'c', 'd'];
const RUNNER = randomUUID();

describeEachDatabase((open) => {
  let test: TestDatabase;
  let store: JobStore;
  beforeAll(async () => {
    test = await open();
    await migrate(test.database);
    store = new JobStore(test.database);
  });
  afterAll(() => test.remove());
  const empty = async (organizations: readonly string[]) => {
    await test.database.system.query('truncate jobs, job_turns');
    await test.database.system.query(
      'insert into organizations (id, name) select o, o from unnest($1::text[]) o on conflict do nothing',
      [organizations],
    );
  };
  const submit = (organizationId: string) => store.submit({ organizationId, kind: 'TRAIN', input: {} });
  const claim = () => store.claim('TRAIN', RUNNER);

  it('an organization waits for one job of each other at most, and its own are taken in their order', async () => {
    const step = oneof(
      record({ act: constant('submit' as const), who: nat(ORGANIZATIONS.length - 1), count: nat(5) }),
      record({ act: constant('claim' as const), who: constant(0), count: nat(3) }),
      record({ act: constant('cancel' as const), who: nat(ORGANIZATIONS.length - 1), count: nat(3) }),
    );
    await check(
      asyncProperty(array(step, { maxLength: 12 }), async (steps) => {
        await empty(ORGANIZATIONS);
        const queues = new Map<string, JobRecord[]>(ORGANIZATIONS.map((id) => [id, []]));
        /** Who was served since the organization's oldest job became its oldest. */
        const passed = new Map<string, string[]>();
        const claimOne = async () => {
          const job = await claim();
          const waiting = [...queues].filter(([, jobs]) => jobs.length > 0);
          if (job === null) {
            expect(waiting).toEqual([]);
            return false;
          }
          const { organizationId } = job;
          expect(job.id).toBe(queues.get(organizationId)?.shift()?.id);
          passed.set(organizationId, []);
          for (const [other] of waiting) {
            if (other === organizationId) continue;
            const before = passed.get(other) ?? [];
            expect(before).not.toContain(organizationId);
            passed.set(other, [...before, organizationId]);
          }
          return true;
        };
        for (const { act, who, count } of steps) {
          const id = ORGANIZATIONS[who] as string;
          const queue = queues.get(id) as JobRecord[];
          for (let i = 0; i <= count; i++) {
            if (act === 'claim') await claimOne();
            else if (act === 'submit') {
              if (queue.length === 0) passed.set(id, []);
              queue.push(await submit(id));
            } else if (queue.length > 0) await store.cancel(id, (queue.shift() as JobRecord).id);
          }
        }
        while (await claimOne());
      }),
      { numRuns: 25 },
    );
  });

  it('takes each job once, by turns, when many take at once', async () => {
    await empty(ORGANIZATIONS);
    for (let i = 0; i < 10; i++) await submit('a');
    for (const id of ['b', 'c', 'd']) await submit(id);
    const claimed = await Promise.all(Array.from({ length: 13 }, claim));
    expect(new Set(claimed.map((job) => job?.id)).size).toBe(13);
    const inOrder = await test.database.system.query<{ id: string }>(
      'select organization_id as id from jobs order by seen_at',
    );
    expect(
      inOrder
        .slice(0, 4)
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(ORGANIZATIONS);
    expect(await claim()).toBeNull();
  });

  it('reads a few pages, however many jobs wait', async () => {
    const many = Array.from({ length: 50 }, (_, i) => `org ${i}`);
    await empty(many);
    await test.database.system.query(
      `insert into jobs (id, organization_id, kind, input)
       select gen_random_uuid(), ($1::text[])[1 + i % 50], 'TRAIN', '{}' from generate_series(1, 100000) i`,
      [many],
    );
    await claim();
    const [plan] = await test.database.system.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(
      `explain (analyze, buffers, format json) select id from claim_job('TRAIN', '${RUNNER}', 3, 20)`,
    );
    const { 'Shared Hit Blocks': hit = 0, 'Shared Read Blocks': read = 0 } =
      plan?.['QUERY PLAN'][0].Plan ?? {};
    expect(hit + read).toBeGreaterThan(0);
    expect(hit + read).toBeLessThan(1_500);
    const lost = await test.database.system.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(
      `explain (analyze, buffers, format json) update jobs set status = 'FAILED' where status = 'RUNNING' and attempts >= 3`,
    );
    const found = lost[0]?.['QUERY PLAN'][0].Plan ?? {};
    expect((found['Shared Hit Blocks'] ?? 0) + (found['Shared Read Blocks'] ?? 0)).toBeLessThan(100);
  });
});
