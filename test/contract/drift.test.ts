import { randomUUID } from 'node:crypto';
import { MemberPages } from '../../src/membership/member-pages';
import { MemberSample } from '../../src/membership/member-sample';
import { Membership } from '../../src/membership/membership';
import { Metrics } from '../../src/metrics';
import { DriftWatch } from '../../src/models/drift/drift';
import { Promotions } from '../../src/models/promotion/promotions';
import { ModelRegistry } from '../../src/models/registry/model-registry';
import type { SegmentationManifest } from '../../src/onnx/manifest';
import { migrate } from '../../src/storage/migrate';
import { describeEachDatabase, type TestDatabase } from '../databases';
import { quotaOf } from '../membership/quota-of';
import { aManifest } from '../models/a-manifest';

const TRAINED = aManifest({
  features: ['surf', 'wine', 'spent'],
  segments: { sea: [1, 0, 0], cellar: [0, 1, 0] },
  metrics: {
    training: { segmentShares: { sea: 0.5, cellar: 0.5 }, featureMeans: { surf: 0.5, wine: 0.2, spent: 7 } },
  },
});

describeEachDatabase((open) => {
  let test: TestDatabase;
  let models: ModelRegistry;
  let membership: Membership;
  let organizationId: string;
  const onError = jest.fn();

  beforeAll(async () => {
    test = await open();
    const { database } = test;
    await migrate(database);
    const metrics = new Metrics();
    models = await ModelRegistry.open({ database, metrics, onError });
    membership = new Membership({
      database,
      quota: quotaOf(),
      metrics,
      onEvents: () => undefined,
      onAssignment: () => undefined,
      onError,
    });
  });
  afterAll(async () => {
    await models.close();
    await test.remove();
    expect(onError).not.toHaveBeenCalled();
  });
  beforeEach(async () => {
    organizationId = randomUUID();
    await test.database.system.query('insert into organizations values ($1, $1)', [organizationId]);
  });

  async function promote(manifest: SegmentationManifest): Promise<void> {
    const promotions = new Promotions({
      database: test.database,
      models,
      pages: new MemberPages(test.database),
      onJob: () => undefined,
    });
    const model = await models.add({ organizationId, manifest, datasetId: null, jobId: null, by: 'me' });
    await promotions.promote(organizationId, model.id, 'me');
  }
  async function assign(userId: string, ...features: number[]): Promise<void> {
    const model = models.champion(organizationId);
    await membership.assign(organizationId, model, {
      userId,
      city: 'Lisbon',
      features: Float32Array.from(features),
    });
  }
  function watch(sample = {}): DriftWatch {
    return new DriftWatch(models, new MemberSample({ database: test.database, ...sample }));
  }

  it('knows nothing of nobody', async () => {
    await promote(TRAINED);
    expect(await watch().drift(organizationId)).toMatchObject({
      members: 0,
      sampled: 0,
      segments: [
        { share: null, trainedShare: 0.5 },
        { share: null, trainedShare: 0.5 },
      ],
      segmentStability: null,
      features: [{ mean: null, stability: null }, { mean: null }, { mean: null }],
      featureStability: null,
    });
  });

  it('gives the figures that one can work out by hand', async () => {
    await promote(TRAINED);
    await Promise.all([
      assign('a', 1, 0, 0),
      assign('b', 1, 0, 0),
      assign('c', 1, 0.5, 0),
      assign('d', 0, 1, 9),
    ]);
    await assign('nobody', 0, 0, 0); // in the lobby: not counted
    const { segments, segmentStability, features, featureStability, members, sampled } =
      await watch().drift(organizationId);
    expect([members, sampled]).toEqual([4, 4]);
    expect(segments.map(({ share }) => share)).toEqual([0.75, 0.25]);
    // (0.75 − 0.5) ln(0.75 / 0.5) + (0.25 − 0.5) ln(0.25 / 0.5)
    expect(segmentStability).toBeCloseTo(0.27465307, 7);
    expect(features.map(({ mean, trainedMean }) => [mean, trainedMean])).toEqual([
      [0.75, 0.5],
      [0.375, 0.2],
      [2.25, 7],
    ]);
    // (0.375 − 0.2) ln(0.375 / 0.2) + (0.625 − 0.8) ln(0.625 / 0.8)
    const wine = 0.15320703;
    expect(features[0]?.stability).toBeCloseTo(0.27465307, 7);
    expect(features[1]?.stability).toBeCloseTo(wine, 7);
    expect(features[2]?.stability).toBeNull(); // a mean above 1 is no share
    expect(featureStability).toBeCloseTo((0.27465307 + wine) / 2, 7);
  });

  it('reads the features of members whom an earlier model assigned', async () => {
    await promote(aManifest({ features: ['wine', 'surf'], segments: { cellar: [1, 0], sea: [0, 1] } }));
    await assign('a', 1, 0);
    await promote(TRAINED);
    const { features, segments } = await watch().drift(organizationId);
    expect(features.map(({ mean }) => mean)).toEqual([0, 1, 0]);
    expect(segments.map(({ share }) => share)).toEqual([0, 1]);
  });

  it('looks at so many members and no more, at none twice', async () => {
    await promote(TRAINED);
    await Promise.all(Array.from({ length: 90 }, (_, i) => assign(`user ${i + 10}`, i % 2, 1, 0)));
    const read = async (most: number, stretch: number) => {
      const userIds: string[] = [];
      const sample = new MemberSample({ database: test.database, most, stretch });
      for await (const members of sample.read(organizationId))
        userIds.push(...members.map(({ userId }) => userId));
      expect(new Set(userIds).size).toBe(userIds.length);
      return userIds.length;
    };
    expect(await read(90, 20)).toBe(90);
    expect(await read(200, 45)).toBe(90);
    const few = await read(40, 10);
    expect(few).toBeGreaterThan(0);
    expect(few).toBeLessThanOrEqual(40);
  });

  it('is measured once a minute, and anew for another champion', async () => {
    const drift = watch();
    const [first, again] = await Promise.all([drift.drift(organizationId), drift.drift(organizationId)]);
    expect(again).toBe(first);
    expect(first.model).toBe(models.shipped);
    await promote(TRAINED);
    expect((await drift.drift(organizationId)).model).toBe(models.champion(organizationId));
  });
});
