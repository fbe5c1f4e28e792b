import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { DatasetStore } from '../../src/datasets/dataset-store';
import { JobStore } from '../../src/jobs/job-store';
import { Organizations } from '../../src/organizations/organizations';
import { Quotas } from '../../src/organizations/quotas';
import type { Database } from '../../src/storage/database';
import { migrate } from '../../src/storage/migrate';
import { describeEachDatabase, ofTwoGateways, type TestDatabase } from '../databases';

const LIMIT = 5;
const AT_ONCE = 60;

describeEachDatabase((open) => {
  let test: TestDatabase;
  let databases: Database[];
  let id: string;
  beforeAll(async () => {
    test = await open();
    await migrate(test.database);
    databases = ofTwoGateways(test);
  });
  afterAll(async () => {
    await Promise.all(databases.slice(1).map((database) => database.close()));
    await test.remove();
  });
  beforeEach(async () => {
    id = `shop-${randomUUID().slice(0, 8)}`;
    await test.database.system.query("insert into organizations (id, name) values ($1, 'Shop')", [id]);
  });

  const quotasOf = (database: Database) =>
    new Quotas(database, new Organizations({ database, defaults: { eventRetention: 10 } }));
  const limitTo = (column: string) =>
    test.database.system.query(`update organizations set ${column} = ${LIMIT} where id = $1`, [id]);
  const stores = () =>
    databases.map((database) => ({
      datasets: new DatasetStore(database),
      jobs: new JobStore(database, quotasOf(database).jobs),
      quotas: quotasOf(database),
    }));
  async function allAtOnce<T>(act: (store: ReturnType<typeof stores>[number], i: number) => Promise<T>) {
    const all = stores();
    return Promise.allSettled(
      Array.from({ length: AT_ONCE }, (_, i) => act(all[i % all.length] as (typeof all)[number], i)),
    );
  }
  const addDataset = async (
    { datasets, quotas }: ReturnType<typeof stores>[number],
    sha256: string,
    bytes = 1,
  ) => {
    const datasetId = randomUUID();
    const limits = await quotas.datasets.limits(id);
    const common = { organizationId: id, name: 'x', sha256, bytes, branchId: null, limits };
    return { datasetId, added: await datasets.add({ id: datasetId, ...common }) };
  };

  it('admits exactly as many jobs as the quota allows', async () => {
    await limitTo('max_jobs');
    const tries = await allAtOnce(({ jobs }) =>
      jobs.submit({ organizationId: id, kind: 'TRAIN', input: {} }),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(LIMIT);
    expect(await quotasOf(test.database).usage(id)).toMatchObject({ jobs: LIMIT });
  });

  it('queues one job for a key that many come with', async () => {
    await limitTo('max_jobs');
    const tries = await allAtOnce(({ jobs }) =>
      jobs.submit({ organizationId: id, kind: 'TRAIN', input: {}, idempotencyKey: 'once' }),
    );
    const ids = tries.map((settled) => (settled.status === 'fulfilled' ? settled.value.id : settled.reason));
    expect(new Set(ids).size).toBe(1);
  });

  it('admits exactly as many data sets as the quota allows, and their bytes', async () => {
    await limitTo('max_datasets');
    await allAtOnce((store, i) => addDataset(store, `number ${i}`));
    expect(await quotasOf(test.database).usage(id)).toMatchObject({ datasets: LIMIT });
    await test.database.system.query(
      `update organizations set max_datasets = null, max_dataset_bytes = 25 where id = $1`,
      [id],
    );
    await allAtOnce((store, i) => addDataset(store, `bytes ${i}`, 4));
    expect(await quotasOf(test.database).usage(id)).toMatchObject({ datasetBytes: 25 });
  });

  it('keeps the same bytes once, however many send them', async () => {
    const tries = await allAtOnce((store) => addDataset(store, 'the same'));
    const added = tries.map((settled) => (settled.status === 'fulfilled' ? settled.value.added : {}));
    expect(added.filter((answer) => 'jobId' in answer)).toHaveLength(1);
    expect(added.filter((answer) => 'duplicateOf' in answer)).toHaveLength(AT_ONCE - 1);
  });

  it('lets a data set go, or the job that needs it come: never both', async () => {
    const all = stores();
    const [first] = all as [(typeof all)[number]];
    const last = all.at(-1) as (typeof all)[number];
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const { datasetId } = await addDataset(first, `race ${i}`);
        await test.database.system.query(
          `update jobs set status = 'SUCCEEDED' where input ->> 'datasetId' = $1`,
          [datasetId],
        );
        const submit = () =>
          last.jobs.submit({ organizationId: id, kind: 'TRAIN', input: { datasetId }, datasetId });
        // Some submissions get a head start, so that either may come first.
        const submitted = submit().catch((error: Error) => error);
        for (let turns = 0; turns < i % 10; turns++) await turn();
        const [job, removal] = await Promise.all([submitted, first.datasets.remove(id, datasetId)]);
        return { job, removal };
      }),
    );
    for (const { job, removal } of outcomes) {
      if (job instanceof Error) {
        expect(job).toMatchObject({ extensions: { code: 'NOT_FOUND' } });
        expect(removal).toEqual({ removed: true });
      } else {
        expect(removal).toEqual({ neededBy: expect.stringContaining((job as { id: string }).id) });
      }
    }
  });
});
