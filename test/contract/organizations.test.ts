import { randomUUID } from 'node:crypto';
import { DatasetStore } from '../../src/datasets/dataset-store';
import type { JobRecord } from '../../src/jobs/job';
import { JobStore } from '../../src/jobs/job-store';
import { Metrics } from '../../src/metrics';
import { ModelRegistry } from '../../src/models/registry/model-registry';
import { AuditLog } from '../../src/organizations/audit-log';
import { Branches } from '../../src/organizations/branches';
import { Organizations } from '../../src/organizations/organizations';
import { Quotas } from '../../src/organizations/quotas';
import { migrate } from '../../src/storage/migrate';
import { describeEachDatabase, type TestDatabase } from '../databases';
import { aManifest } from '../models/a-manifest';

const CUSTOMERS = aManifest({ name: 'customers', features: ['spent'], segments: { buyers: [1] } });

describeEachDatabase((open) => {
  let test: TestDatabase;
  let organizations: Organizations;
  let branches: Branches;
  let models: ModelRegistry;
  let jobs: JobRecord[];
  let follow: { models: ModelRegistry; onJob: (job: JobRecord) => void };

  beforeAll(async () => {
    test = await open();
    await migrate(test.database);
    models = await ModelRegistry.open({
      database: test.database,
      metrics: new Metrics(),
      onError: (error) => {
        throw error;
      },
    });
  });
  afterAll(async () => {
    await models.close();
    await test.remove();
  });
  let id: string;
  beforeEach(async () => {
    jobs = [];
    follow = { models, onJob: (job) => void jobs.push(job) };
    organizations = newOrganizations();
    branches = new Branches(test.database);
    id = `shop-${randomUUID().slice(0, 8)}`;
    await organizations.create(id, ' The Shop ');
  });

  function newOrganizations(freshMs?: number): Organizations {
    const defaults = { eventRetention: 500 };
    return new Organizations({
      database: test.database,
      defaults,
      ...(freshMs !== undefined && { freshMs }),
    });
  }

  it('begins with the settings of the environment, and has each id once', async () => {
    expect(await organizations.get(id)).toMatchObject({
      id,
      name: 'The Shop',
      settings: { defaultModel: 'nomads', roomCapacity: null, corsOrigins: [], requestsPerMinute: null },
    });
    expect(await organizations.eventRetention(id)).toBe(500);
    await expect(organizations.create(id, 'Another')).rejects.toThrow(/already/);
    expect(await organizations.find('nobody')).toBeNull();
  });

  it.each(['a', 'A-shop', '-shop', 'shop-', 'the shop', 's'.repeat(41), ''])(
    'refuses the id %j',
    async (wrong) => {
      await expect(organizations.create(wrong, 'Shop')).rejects.toThrow(/^id is /);
    },
  );

  it('takes changes in at once here, and elsewhere when its own knowledge is old', async () => {
    const [elsewhere, late] = [newOrganizations(0), newOrganizations()];
    expect(await late.eventRetention(id)).toBe(500);
    const changes = { roomCapacity: 30, eventRetention: 20, corsOrigins: ['https://shop.example'] };
    await organizations.update(id, changes, follow);
    expect(await organizations.eventRetention(id)).toBe(20);
    expect(await elsewhere.eventRetention(id)).toBe(20);
    expect(await late.eventRetention(id)).toBe(500);
    await organizations.update(id, { roomCapacity: null }, follow);
    expect((await organizations.get(id)).settings).toMatchObject({ ...changes, roomCapacity: null });
  });

  it('tells the origins of one organization from those of all', async () => {
    const origin = `https://${id}.example:8443`;
    expect(await organizations.isListed(origin)).toBe(false);
    await organizations.update(id, { corsOrigins: [origin] }, follow);
    expect(await organizations.isListed(origin)).toBe(true);
    expect(await organizations.lists(id, origin)).toBe(true);
    expect(await organizations.lists('nomads', origin)).toBe(false);
  });

  it.each([
    [{ corsOrigins: ['http://shop.example'] }, /^corsOrigins\[0\]/],
    [{ corsOrigins: ['https://shop.example', 'https://shop.example/'] }, /^corsOrigins\[1\]/],
    [{ corsOrigins: ['*'] }, /^corsOrigins/],
    [{ corsOrigins: ['https://*.example'] }, /^corsOrigins/],
    [{ corsOrigins: ['null'] }, /^corsOrigins/],
    [{ corsOrigins: ['https://me:secret@shop.example'] }, /^corsOrigins/],
    [{ corsOrigins: Array<string>(101).fill('https://a.b') }, /has 101 items/],
    [{ roomCapacity: 9 }, /^roomCapacity is 9: it must be from 10/],
    [{ eventRetention: 2_000_000 }, /^eventRetention/],
    [{ requestsPerMinute: 1 }, /^requestsPerMinute/],
    [{ name: ' ' }, /^name is empty/],
    [{ defaultModel: 'nowhere' }, /^defaultModel: no model "nowhere"/],
  ])('refuses %j and changes nothing', async (changes, message) => {
    const before = await organizations.get(id);
    await expect(organizations.update(id, { roomCapacity: 90, ...changes }, follow)).rejects.toThrow(message);
    expect(await newOrganizations().get(id)).toEqual(before);
  });

  it('takes loopback pages over http', async () => {
    const corsOrigins = ['http://localhost:5173', 'http://127.0.0.1', 'http://[::1]:8080'];
    const { settings } = await organizations.update(id, { corsOrigins }, follow);
    expect(settings.corsOrigins).toEqual(corsOrigins);
  });

  it('serves another default model at once, and brings the members after', async () => {
    const add = { organizationId: id, manifest: CUSTOMERS, datasetId: null, jobId: null, by: 'trainer' };
    const model = await models.add(add);
    await expect(organizations.update(id, { defaultModel: 'customers' }, follow)).rejects.toThrow(/champion/);
    await test.database
      .scope(id)
      .query("insert into model_aliases values ($1, 'customers', 'champion', $2)", [id, model.id]);
    await models.refresh(id);
    await organizations.update(id, { defaultModel: 'customers' }, follow);
    expect(models.champion(id).id).toBe(model.id);
    expect(jobs).toMatchObject([{ kind: 'RECLUSTER', organizationId: id, input: { modelId: model.id } }]);
    await organizations.update(id, { defaultModel: 'customers' }, follow);
    expect(jobs).toHaveLength(1);
    await organizations.update(id, { defaultModel: 'nomads' }, follow);
    expect(models.champion(id).id).toBe('nomads-1');
    expect(jobs).toHaveLength(2);
  });

  it('lets nobody lift its own quotas, whatever is asked', async () => {
    const lift = test.database.scope(id).query('update organizations set max_members = 1000000000');
    await expect(lift).rejects.toThrow(/permission denied/);
  });

  describe('branches', () => {
    it('have a name each within their organization', async () => {
      const north = await branches.create(id, ' North ');
      expect(north).toEqual({ id: expect.any(String), name: 'North', createdAt: expect.any(String) });
      await expect(branches.create(id, 'North')).rejects.toThrow(/already/);
      const racing = await Promise.allSettled(Array.from({ length: 5 }, () => branches.create(id, 'South')));
      expect(racing.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      await expect(branches.rename(id, north.id, 'South')).rejects.toThrow(/already/);
      expect(await branches.rename(id, north.id, 'East')).toEqual({ ...north, name: 'East' });
      expect((await branches.list(id)).map(({ name }) => name)).toEqual(['East', 'South']);
      expect(await branches.list('nomads')).toEqual([]);
    });

    it('of others are as if there were none', async () => {
      const { id: theirs } = await branches.create('nomads', randomUUID());
      for (const unknown of [theirs, randomUUID(), 'nonsense']) {
        await expect(branches.rename(id, unknown, 'Mine')).rejects.toMatchObject({
          extensions: { code: 'NOT_FOUND' },
          message: `There is no branch "${unknown}".`,
        });
        expect(await branches.remove(id, unknown)).toBe(false);
      }
      const store = new DatasetStore(test.database);
      const stolen = {
        id: randomUUID(),
        organizationId: id,
        name: 'x',
        sha256: 'x',
        bytes: 1,
        branchId: theirs,
        limits: null,
      };
      expect(await store.add(stolen)).toEqual({ noBranch: theirs });
      const insert = test.database
        .scope(id)
        .query(
          "insert into datasets (id, organization_id, name, sha256, bytes, branch_id) values ($1, $2, 'x', 'x', 1, $3)",
          [randomUUID(), id, theirs],
        );
      await expect(insert).rejects.toThrow(/datasets_branch/);
      await branches.remove('nomads', theirs);
    });

    it('stay as long as a data set belongs to them', async () => {
      const store = new DatasetStore(test.database);
      const { id: branchId } = await branches.create(id, 'North');
      const dataset = {
        id: randomUUID(),
        organizationId: id,
        name: 'sales',
        sha256: 'x',
        bytes: 1,
        branchId,
        limits: null,
      };
      await store.add(dataset);
      expect(await store.find(id, dataset.id)).toMatchObject({ branch: { id: branchId, name: 'North' } });
      await expect(branches.remove(id, branchId)).rejects.toThrow(/needed by the data set "sales"/);
      await test.database.system.query('delete from datasets where id = $1', [dataset.id]);
      expect(await branches.remove(id, branchId)).toBe(true);
      expect(await branches.remove(id, branchId)).toBe(false);
    });
  });

  describe('quotas', () => {
    const limit = (assignments: string) =>
      test.database.system.query(`update organizations set ${assignments} where id = $1`, [id]);

    it('bound data sets and their bytes; those that failed do not count', async () => {
      await limit('max_datasets = 2, max_dataset_bytes = 100');
      const quotas = new Quotas(test.database, newOrganizations());
      const store = new DatasetStore(test.database);
      const limits = await quotas.datasets.limits(id);
      const add = (sha256: string, bytes: number, datasetId = randomUUID()) =>
        store.add({ id: datasetId, organizationId: id, name: 'x', sha256, bytes, branchId: null, limits });
      expect(await add('a', 101)).toEqual({ full: 'datasetBytes' });
      const first = randomUUID();
      await add('a', 60, first);
      expect(await add('b', 41)).toEqual({ full: 'datasetBytes' });
      await quotas.datasets.admit(id);
      await add('b', 40);
      expect(await add('b', 40)).toHaveProperty('duplicateOf');
      expect(await add('c', 0)).toEqual({ full: 'datasets' });
      await expect(quotas.datasets.admit(id)).rejects.toThrow(/its 2 data sets/);
      expect(quotas.datasets.refusal('datasetBytes', 100).message).toMatch(/its 100 bytes of data sets/);
      expect(await quotas.usage(id)).toMatchObject({ datasets: 2, datasetBytes: 100, jobs: 0 });
      await store.failed(id, first, 'broken');
      await quotas.datasets.admit(id);
      expect(await add('c', 60)).toHaveProperty('jobId');
    });

    it('bound trainings and reports, but neither what is known already nor what is done', async () => {
      await limit('max_jobs = 1');
      const quotas = new Quotas(test.database, newOrganizations());
      const store = new JobStore(test.database, quotas.jobs);
      const job = { organizationId: id, kind: 'TRAIN', input: {}, idempotencyKey: 'once' } as const;
      const first = await store.submit(job);
      expect((await store.submit(job)).id).toBe(first.id);
      await expect(store.submit({ ...job, idempotencyKey: null })).rejects.toMatchObject({
        extensions: { code: 'QUOTA_EXCEEDED', limit: 1 },
      });
      await store.submit({ organizationId: id, kind: 'REPORT', input: {}, result: {} });
      await store.cancel(id, first.id);
      await store.submit({ ...job, idempotencyKey: null });
    });
  });

  describe('the audit log', () => {
    const act = (action: string, organizationId = id) => ({
      organizationId,
      actor: 'key (tk_1)',
      action,
      target: 't',
      details: { a: 1 },
      address: '127.0.0.1',
    });

    it('has the newest first, in pages, of one organization alone', async () => {
      const log = new AuditLog(test.database);
      for (const action of ['first', 'second', 'third']) await log.append(act(action));
      await log.append(act('theirs', 'nomads'));
      const page = await log.list(id, null, 2);
      expect(page.map(({ action }) => action)).toEqual(['third', 'second']);
      expect(page[0]).toMatchObject({
        actor: 'key (tk_1)',
        target: 't',
        details: { a: 1 },
        address: '127.0.0.1',
      });
      expect((await log.list(id, page[1]?.place ?? null, 2)).map(({ action }) => action)).toEqual(['first']);
    });

    it('takes no change, and nothing in the name of others', async () => {
      const log = new AuditLog(test.database);
      await log.append(act('done'));
      const scoped = test.database.scope(id);
      await expect(scoped.query("update audit_log set action = 'undone'")).rejects.toThrow(
        /permission denied/,
      );
      await expect(scoped.query('delete from audit_log')).rejects.toThrow(/permission denied/);
      await expect(
        scoped.query("insert into audit_log (organization_id, actor, action) values ('nomads', 'a', 'a')"),
      ).rejects.toThrow(/row-level security/);
    });
  });
});
