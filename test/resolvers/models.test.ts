import { Membership } from '../../src/membership/membership';
import { Metrics } from '../../src/metrics';
import {
  AssignDocument,
  AssignManyDocument,
  CityDocument,
  DriftDocument,
  type InterestsInput,
  JobsDocument,
  MemberModelDocument,
  ModelDocument,
  ModelHistoryDocument,
  ModelsDocument,
  PromoteDocument,
  PromotionPreviewDocument,
  RollbackDocument,
  UpdateSegmentDocument,
  WatchJobDocument,
} from '../client/generated';
import { expectToLeadTo } from '../e2e/city-fold';
import { useGateway } from '../e2e/gateway';
import { LIKES, NOTHING } from '../e2e/people';
import { seeded, trained, turned } from '../e2e/seeded-storage';
import { describeEachStorage } from '../e2e/storages';
import { Subscription } from '../e2e/subscription';
import { logOf } from '../e2e/watcher';
import { quotaOf } from '../membership/quota-of';
import { aManifest } from '../models/a-manifest';

describeEachStorage((open) => {
  describe('a gateway with a challenger', () => {
    let challenger: string;
    const gateway = useGateway(() =>
      seeded(open, async (_, models) => {
        challenger = await trained(models, turned(models));
      }),
    );
    const assign = async (userId: string, city: string, interests: InterestsInput) =>
      (await gateway.client.run(AssignDocument, { input: { userId, city, interests } })).assignCluster;
    const history = async () =>
      (await gateway.client.run(ModelHistoryDocument, { name: 'nomads' })).modelHistory;

    /** Resolves when all re-clustering has been done; with the jobs' results, the latest first. */
    async function reclustered(): Promise<unknown[]> {
      const { edges } = (await gateway.client.run(JobsDocument, { first: 100 })).jobs;
      for (const { node } of edges) {
        const watcher = new Subscription(gateway.url, WatchJobDocument, { id: node.id });
        await watcher.until(() => watcher.results.at(-1)?.jobChanged.status === 'SUCCEEDED');
        await watcher.stop();
      }
      return (await gateway.client.run(JobsDocument, { first: 100 })).jobs.edges.map(
        ({ node }) => node.result,
      );
    }

    it('lists its versions, and finds each', async () => {
      const { models } = await gateway.client.run(ModelsDocument, {});
      expect(models.map(({ id, version, aliases }) => [id, version, aliases])).toEqual([
        [challenger, 2, ['challenger']],
        ['nomads-1', 1, ['champion']],
      ]);
      expect((await gateway.client.run(ModelsDocument, { name: 'nobody' })).models).toEqual([]);
      const find = async (id: string) => (await gateway.client.run(ModelDocument, { id })).model;
      expect([await find(challenger), await find('nomads-1'), await find('nobody')]).toEqual([
        ...models,
        null,
      ]);
    });

    it('previews, promotes and rolls back', async () => {
      const everyone = [LIKES[1], LIKES[1], LIKES[2], LIKES[3], NOTHING];
      for (const [i, interests] of everyone.entries()) await assign(`early ${i}`, 'Lisbon', interests);
      const moves = [
        { from: { key: 'dinner-and-a-movie' }, to: { key: 'countryside' }, members: 2 },
        { from: { key: 'countryside' }, to: { key: 'nightlife' }, members: 1 },
        { from: { key: 'nightlife' }, to: { key: 'stage-and-museums' }, members: 1 },
      ];
      const preview = await gateway.client.run(PromotionPreviewDocument, { modelId: challenger });
      expect(preview.promotionPreview).toEqual({ total: 5, unchanged: 1, moves });

      const { promoteModel } = await gateway.client.run(PromoteDocument, { modelId: challenger });
      expect(promoteModel).toMatchObject({ id: challenger, aliases: ['champion'] });
      const told = moves.map(({ from, to, members }) => ({ from: from.key, to: to.key, members }));
      expect(await reclustered()).toEqual([{ total: 5, unchanged: 1, moved: 4, moves: told }]);
      const lisbon = (await gateway.client.run(CityDocument, { name: 'Lisbon' })).city;
      const log = await logOf(gateway.url, 'Lisbon', 9);
      expectToLeadTo(lisbon as NonNullable<typeof lisbon>, log);
      expect(log.slice(5).map(({ kind }) => kind)).toEqual(['MOVED', 'MOVED', 'MOVED', 'MOVED']);
      expect(await assign('late', 'Lisbon', LIKES[1])).toMatchObject({ cluster: 2 });

      const { rollbackModel } = await gateway.client.run(RollbackDocument, { name: 'nomads' });
      expect(rollbackModel).toMatchObject({ id: 'nomads-1', aliases: ['champion'] });
      const [back] = await reclustered();
      expect(back).toMatchObject({ total: 6, moved: 5 });
      expect(await gateway.client.refusal(RollbackDocument, { name: 'nomads' })).toMatchObject({
        code: 'BAD_USER_INPUT',
      });
      const by = 'anybody (the gateway is open)';
      const [first, second] = [{ version: 1 }, { version: 2 }];
      expect(await history()).toEqual([
        { alias: 'champion', action: 'ROLLED_BACK', from: second, to: first, by },
        { alias: 'challenger', action: 'PROMOTED', from: second, to: null, by },
        { alias: 'champion', action: 'PROMOTED', from: first, to: second, by },
        { alias: 'challenger', action: 'TRAINED', from: null, to: second, by: 'trainer' },
      ]);
    });

    it('swaps the model while it serves: no request fails, nobody is left behind', async () => {
      const people = Array.from({ length: 8 }, (_, worker) => worker);
      let isSwapping = true;
      let answered = 0;
      const assigning = people.map(async (worker) => {
        for (let i = 0; isSwapping || i < 30; i++) {
          const interests = LIKES[((i % 4) + 1) as keyof typeof LIKES];
          await assign(`swapped ${worker} ${i % 20}`, 'Porto', interests);
          answered += 1;
        }
      });
      for (let round = 0; round < 3; round++) {
        await gateway.client.run(PromoteDocument, { modelId: challenger });
        await gateway.client.run(RollbackDocument, { name: 'nomads' });
      }
      await gateway.client.run(PromoteDocument, { modelId: challenger });
      isSwapping = false;
      await Promise.all(assigning);
      expect(answered).toBeGreaterThanOrEqual(240);
      await reclustered();
      for (const worker of people) {
        const userId = `swapped ${worker} 7`;
        const { member } = await gateway.client.run(MemberModelDocument, { userId });
        expect(member?.assignment.model.id).toBe(challenger);
      }
      const porto = (await gateway.client.run(CityDocument, { name: 'Porto' })).city;
      const city = porto as NonNullable<typeof porto>;
      expectToLeadTo(city, await logOf(gateway.url, 'Porto', city.seq));
    });

    it('calls segments what people call them', async () => {
      const label = { en: 'Out of town', es: 'De escapada' };
      const update = { modelId: challenger, key: 'countryside', label };
      const { updateSegment } = await gateway.client.run(UpdateSegmentDocument, update);
      expect(updateSegment).toMatchObject({
        key: 'countryside',
        label: 'Out of town',
        labelInSpanish: 'De escapada',
        description: expect.stringMatching(/^Rural tourism/),
      });
      expect((await assign('labelled', 'Faro', LIKES[1])).room.name).toBe('Faro · Out of town');
      expect(await (await fetch(`${gateway.url}/heatmap.svg`)).text()).toContain('Out of town');
      const code = async (change: object) =>
        (await gateway.client.refusal(UpdateSegmentDocument, { ...update, ...change })).code;
      expect(await code({ key: 'moon' })).toBe('NOT_FOUND');
      expect(await code({ modelId: 'moon' })).toBe('NOT_FOUND');
      expect(await code({ label: { en: '' } })).toBe('BAD_USER_INPUT');
      expect(await code({ description: { en: 'fine', es: 'x'.repeat(1_001) } })).toBe('BAD_USER_INPUT');
    });

    it('refuses to promote or preview what is not there', async () => {
      const code = 'NOT_FOUND';
      expect(await gateway.client.refusal(PromoteDocument, { modelId: 'x' })).toMatchObject({ code });
      expect(await gateway.client.refusal(PromotionPreviewDocument, { modelId: 'x' })).toMatchObject({
        code,
      });
      expect(await gateway.client.refusal(RollbackDocument, { name: 'x' })).toMatchObject({ code });
    });
  });

  describe('a member whom an earlier model assigned', () => {
    const gateway = useGateway(() =>
      seeded(open, async (database, models) => {
        const membership = new Membership({
          database,
          quota: quotaOf(),
          metrics: new Metrics(),
          onEvents: () => undefined,
          onAssignment: () => undefined,
          onError: () => undefined,
        });
        const likes = new Set(Object.keys(LIKES[4]));
        const features = Float32Array.from(models.shipped.manifest.features, ({ key }) =>
          Number(likes.has(key)),
        );
        await membership.assign('nomads', models.shipped, { userId: 'old', city: 'Lisbon', features });
        const manifest = aManifest({ features: ['surf', 'chess'], segments: { sea: [1, 0], board: [0, 1] } });
        // Without the job that would bring the member after.
        await database.system.query(
          "insert into model_aliases (organization_id, name, alias, model_id) values ('nomads', 'nomads', 'champion', $1)",
          [await trained(models, manifest)],
        );
      }),
    );

    it('is shown as that model saw it', async () => {
      const { member } = await gateway.client.run(MemberModelDocument, { userId: 'old' });
      expect(member).toMatchObject({
        room: { name: 'Lisbon · Stage and museums', segment: { key: 'stage-and-museums' } },
        assignment: { segment: { key: 'stage-and-museums' }, model: { id: 'nomads-1', version: 1 } },
      });
      expect(member?.assignment.affinities).toHaveLength(4);
      expect(member?.assignment.reasons.map(({ interest }) => interest.key).toSorted()).toEqual(
        Object.keys(LIKES[4]).toSorted(),
      );
      const { city } = await gateway.client.run(CityDocument, { name: 'Lisbon' });
      expect(city?.rooms).toMatchObject([{ name: 'Lisbon · Stage and museums', segment: { number: 4 } }]);
    });

    it('can be assigned anew, with interests that the champion knows', async () => {
      const input = (interests: InterestsInput) => ({ input: { userId: 'new', city: 'Lisbon', interests } });
      expect(
        await gateway.client.refusal(AssignDocument, input({ surf: true, museums: true })),
      ).toMatchObject({
        code: 'BAD_USER_INPUT',
        message: expect.stringMatching(/^interests: "museums" is none of the features/),
      });
      const { assignCluster } = await gateway.client.run(AssignDocument, input({ surf: true }));
      expect(assignCluster).toMatchObject({ cluster: 1, room: { name: 'Lisbon · Label of sea' } });
    });
  });

  describe('drift', () => {
    const gateway = useGateway(open);

    it('compares the members with the survey, in the answer and in the metrics', async () => {
      const inputs = ([1, 1, 1, 2, 3, 4, 4, 4] as const).map((segment, i) => ({
        userId: `${i}`,
        city: 'Lisbon',
        interests: LIKES[segment],
      }));
      const lobby = { userId: 'nobody', city: 'Lisbon', interests: NOTHING };
      await gateway.client.run(AssignManyDocument, { inputs: [...inputs, lobby] });
      const { drift } = await gateway.client.run(DriftDocument, {});
      expect(drift).toMatchObject({ model: { id: 'nomads-1' }, members: 8, sampled: 8 });
      expect(drift.segments.map(({ share, trainedShare }) => [share, trainedShare])).toEqual([
        [3 / 8, 27 / 115],
        [1 / 8, 38 / 115],
        [1 / 8, 22 / 115],
        [3 / 8, 28 / 115],
      ]);
      expect(drift.segmentStability).toBeCloseTo(0.350381, 6);
      const movies = drift.interests.find(({ interest }) => interest.key === 'movies');
      expect(movies).toMatchObject({ rate: 3 / 8, trainedRate: null, stability: null });
      expect(drift.interestStability).toBeNull();
      const metrics = async () => (await fetch(`${gateway.url}/metrics`)).text();
      await metrics();
      expect(await metrics()).toMatch(/tertulia_drift_segments_psi\{organization="nomads"\} 0\.3503/);
    });
  });
});
