import { randomUUID } from 'node:crypto';
import type { JobRecord } from '../../src/jobs/job';
import { JobStore } from '../../src/jobs/job-store';
import { MemberPages } from '../../src/membership/member-pages';
import { Metrics } from '../../src/metrics';
import { Promotions } from '../../src/models/promotion/promotions';
import { ModelRegistry } from '../../src/models/registry/model-registry';
import type { SegmentationManifest } from '../../src/onnx/manifest';
import { migrate } from '../../src/storage/migrate';
import { describeEachDatabase, type TestDatabase } from '../databases';
import { aManifest } from '../models/a-manifest';

const AN_OFFSHOOT = aManifest({ features: ['surf', 'wine'], segments: { sea: [1, 0], cellar: [0, 1] } });
const customers = (segments = { buyers: [1] }) =>
  aManifest({ name: 'customers', features: ['spent'], segments });

describeEachDatabase((open) => {
  let test: TestDatabase;
  let models: ModelRegistry;
  let promotions: Promotions;
  let jobs: JobRecord[];
  const onError = jest.fn();

  async function openModels(): Promise<ModelRegistry> {
    return ModelRegistry.open({ database: test.database, metrics: new Metrics(), onError });
  }

  beforeAll(async () => {
    test = await open();
    await migrate(test.database);
  });
  afterAll(() => test.remove());
  beforeEach(async () => {
    const { system } = test.database;
    await system.query('truncate models, model_aliases, alias_changes, segment_labels, jobs');
    await system.query("insert into organizations values ('other', 'Other') on conflict do nothing");
    await system.query("update organizations set default_model = 'nomads'");
    models = await openModels();
    jobs = [];
    const pages = new MemberPages(test.database);
    promotions = new Promotions({
      database: test.database,
      models,
      pages,
      onJob: (job) => void jobs.push(job),
    });
  });
  afterEach(() => models.close());

  async function add(
    manifest: SegmentationManifest,
    jobId: string | null = null,
    organizationId = 'nomads',
  ): Promise<string> {
    const model = await models.add({ organizationId, manifest, datasetId: null, jobId, by: 'trainer' });
    return model.id;
  }
  async function aliases(id: string, organizationId = 'nomads') {
    return models.aliasesOf(organizationId, await models.get(organizationId, id));
  }
  async function changes(name = 'nomads') {
    const history = await promotions.history('nomads', name);
    return history.map(({ alias, action, from, to, by }) => [alias, action, from, to, by]);
  }

  it('serves the shipped model until another is promoted', async () => {
    expect(models.champion('nomads')).toBe(models.shipped);
    expect(models.champion('who knows')).toBe(models.shipped);
    expect((await models.list('nomads', null)).map(({ id }) => id)).toEqual(['nomads-1']);
    expect(await aliases('nomads-1')).toEqual(['champion']);
  });

  it('numbers the versions of a name, and makes the last one the challenger', async () => {
    const second = await add(AN_OFFSHOOT);
    const third = await add(AN_OFFSHOOT);
    const first = await add(customers());
    const versions = await models.list('nomads', null);
    expect(versions.map(({ id, version }) => [id, version])).toEqual([
      [first, 1],
      [third, 3],
      [second, 2],
      ['nomads-1', 1],
    ]);
    expect((await models.list('nomads', 'customers')).map(({ id }) => id)).toEqual([first]);
    expect([await aliases(second), await aliases(third), await aliases(first)]).toEqual([
      [],
      ['challenger'],
      ['challenger'],
    ]);
    expect(await models.find('other', third)).toBeNull();
    expect((await models.get('nomads', third)).manifest).toEqual(AN_OFFSHOOT);
  });

  it('adds one model for a job, however often that is run', async () => {
    const jobId = randomUUID();
    const ids = await Promise.all([1, 2, 3].map(() => add(AN_OFFSHOOT, jobId)));
    expect(new Set(ids).size).toBe(1);
    expect(await models.list('nomads', 'nomads')).toHaveLength(2);
    expect(await changes()).toEqual([['challenger', 'TRAINED', null, ids[0], 'trainer']]);
  });

  it('numbers versions without gap or double when many are added at once', async () => {
    await Promise.all(Array.from({ length: 6 }, () => add(customers())));
    const versions = (await models.list('nomads', 'customers')).map(({ version }) => version);
    expect(versions).toEqual([6, 5, 4, 3, 2, 1]);
  });

  it('promotes: the champion, its audit and the job that brings the members after change together', async () => {
    const second = await add(AN_OFFSHOOT);
    const model = await promotions.promote('nomads', second, 'ann');
    expect(models.champion('nomads')).toBe(model);
    expect(await aliases(second)).toEqual(['champion']);
    expect(await aliases('nomads-1')).toEqual([]);
    expect(await changes()).toEqual([
      ['challenger', 'PROMOTED', second, null, 'ann'],
      ['champion', 'PROMOTED', 'nomads-1', second, 'ann'],
      ['challenger', 'TRAINED', null, second, 'trainer'],
    ]);
    expect(jobs).toMatchObject([{ kind: 'RECLUSTER', status: 'QUEUED', input: { modelId: second } }]);
    expect(await new JobStore(test.database).list('nomads', null, 10)).toEqual(jobs);
    const { segment } = await model.scorer.scoreOne(Float32Array.of(0, 1));
    expect(segment).toBe(1);
  });

  it('changes nothing when the champion is promoted again, or many promote it at once', async () => {
    const second = await add(AN_OFFSHOOT);
    await Promise.all([1, 2, 3].map(() => promotions.promote('nomads', second, 'ann')));
    await promotions.promote('nomads', second, 'bob');
    expect(jobs).toHaveLength(1);
    expect(await changes()).toHaveLength(3);
  });

  it('moves nobody for a name that is not the default one', async () => {
    const id = await add(customers());
    await promotions.promote('nomads', id, 'ann');
    expect(models.champion('nomads')).toBe(models.shipped);
    expect((await models.championOf('nomads', 'customers'))?.id).toBe(id);
    expect(jobs).toEqual([]);
  });

  it('rolls back promotion by promotion, each once', async () => {
    const second = await add(AN_OFFSHOOT);
    const third = await add(AN_OFFSHOOT);
    await promotions.promote('nomads', second, 'ann');
    await promotions.promote('nomads', third, 'ann');
    expect((await promotions.rollback('nomads', 'nomads', 'bob')).id).toBe(second);
    expect(models.champion('nomads').id).toBe(second);
    await promotions.promote('nomads', third, 'ann');
    const back = [1, 2].map(async () => (await promotions.rollback('nomads', 'nomads', 'bob')).id);
    expect((await Promise.all(back)).toSorted()).toEqual([second, 'nomads-1'].toSorted());
    expect(models.champion('nomads').id).toBe('nomads-1');
    expect(jobs).toHaveLength(6);
    await expect(promotions.rollback('nomads', 'nomads', 'bob')).rejects.toMatchObject({
      extensions: { code: 'BAD_USER_INPUT' },
      message: expect.stringContaining('no champion of "nomads" was replaced'),
    });
    expect((await changes()).slice(0, 2)).toEqual([
      ['champion', 'ROLLED_BACK', second, 'nomads-1', 'bob'],
      ['champion', 'ROLLED_BACK', third, second, 'bob'],
    ]);
  });

  it('has nothing to roll back to after the first promotion of a name of its own', async () => {
    await promotions.promote('nomads', await add(customers()), 'ann');
    const code = (name: string) =>
      promotions.rollback('nomads', name, 'ann').catch(({ extensions }) => extensions.code);
    expect([await code('customers'), await code('nobody')]).toEqual(['BAD_USER_INPUT', 'NOT_FOUND']);
  });

  it('keeps a model that cannot be loaded from being promoted, and says which one is missing', async () => {
    await expect(promotions.promote('nomads', 'nonsense', 'ann')).rejects.toMatchObject({
      extensions: { code: 'NOT_FOUND' },
    });
    const id = await add(AN_OFFSHOOT);
    const { session } = await models.get('nomads', id);
    jest.spyOn(session, 'hold').mockRejectedValueOnce(new Error('broken'));
    await expect(promotions.promote('nomads', id, 'ann')).rejects.toThrow('broken');
    expect(models.champion('nomads')).toBe(models.shipped);
    expect(await changes()).toHaveLength(1);
  });

  it('says what to do when the default model has no champion', async () => {
    await test.database.system.query(
      "update organizations set default_model = 'customers' where id = 'other'",
    );
    await models.reload('other');
    expect(() => models.champion('other')).toThrow(
      /"customers" has no champion .* promote one of its versions/,
    );
    await expect(models.currentChampion('other')).rejects.toMatchObject({
      extensions: { code: 'MODEL_UNAVAILABLE' },
    });
    await promotions.promote('other', await add(customers(), null, 'other'), 'ann');
    expect(models.champion('other').manifest.name).toBe('customers');
    expect(jobs).toHaveLength(1);
  });

  it('finds everything again after a restart, and what another process promoted', async () => {
    const second = await add(AN_OFFSHOOT);
    await promotions.promote('nomads', second, 'ann');
    const later = await openModels();
    expect(later.champion('nomads')).toMatchObject({ id: second, version: 2 });
    expect(later.champion('other').id).toBe('nomads-1');
    await promotions.rollback('nomads', 'nomads', 'ann');
    expect(later.champion('nomads').id).toBe(second);
    expect((await later.currentChampion('nomads')).id).toBe('nomads-1');
    expect(later.champion('nomads').id).toBe('nomads-1');
    await later.close();
  });

  it('calls segments what people call them, for one organization and model', async () => {
    const text = { key: 'countryside', label: { en: 'Out of town' }, description: null };
    await models.relabel('nomads', 'nomads-1', text);
    const labels = (organizationId: string) =>
      models.champion(organizationId).manifest.segments.map(({ label }) => label.en);
    expect(labels('nomads')[1]).toBe('Out of town');
    expect(labels('other')[1]).toBe('Countryside');
    const later = await openModels();
    expect(later.champion('nomads').manifest).toEqual(models.champion('nomads').manifest);
    await later.close();

    const id = await add(AN_OFFSHOOT);
    const description = { en: 'Waves', es: 'Olas' };
    await models.relabel('nomads', id, { key: 'sea', label: { en: 'By the sea', es: 'Mar' }, description });
    const { manifest } = await models.get('nomads', id);
    expect(manifest.segments[0]).toEqual({
      number: 1,
      key: 'sea',
      label: { en: 'By the sea', es: 'Mar' },
      description,
    });
    await expect(models.relabel('nomads', id, { ...text, key: 'moon' })).rejects.toMatchObject({
      extensions: { code: 'NOT_FOUND' },
    });
  });

  it('knows the segments of earlier champions, by their last labels', async () => {
    const second = await add(AN_OFFSHOOT);
    await promotions.promote('nomads', second, 'ann');
    await promotions.promote(
      'nomads',
      await add(aManifest({ features: ['x'], segments: { x: [1] } })),
      'ann',
    );
    expect((await models.lastWithSegment('nomads', 'sea'))?.id).toBe(second);
    expect((await models.lastWithSegment('nomads', 'countryside'))?.id).toBe('nomads-1');
    expect(await models.lastWithSegment('other', 'sea')).toBeNull();
  });

  afterAll(() => expect(onError).not.toHaveBeenCalled());
});
