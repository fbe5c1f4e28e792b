import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { JobControl } from '../../src/jobs/job';
import type { MembershipEvent } from '../../src/membership/log/event';
import { SqlEventLog } from '../../src/membership/log/sql-event-log';
import { MemberPages } from '../../src/membership/member-pages';
import { Membership } from '../../src/membership/membership';
import { Rooms } from '../../src/membership/rooms';
import { Metrics } from '../../src/metrics';
import { MoveTally } from '../../src/models/promotion/move-tally';
import { Promotions } from '../../src/models/promotion/promotions';
import { Recluster, type ReclusterResult } from '../../src/models/promotion/recluster';
import { ModelRegistry } from '../../src/models/registry/model-registry';
import type { SegmentationManifest } from '../../src/onnx/manifest';
import { migrate } from '../../src/storage/migrate';
import { describeEachDatabase, type TestDatabase } from '../databases';
import { fold } from '../membership/fold';
import { quotaOf } from '../membership/quota-of';
import { aManifest } from '../models/a-manifest';

const INTERESTS = ['surf', 'wine', 'movies', 'chess', 'parks', 'opera'];
const KEYS = ['sea', 'cellar', 'screen', 'board'];

/** Any model: some of the interests, some of the segments. */
const manifest = fc
  .record({
    features: fc.subarray(INTERESTS, { minLength: 1 }),
    keys: fc.subarray(KEYS, { minLength: 1 }),
    weights: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 24, maxLength: 24 }),
  })
  .map(({ features, keys, weights }) => {
    const row = (s: number) =>
      features.map((_, f) => (weights[s * 6 + f] as number) / 10 + (f === s ? 0.5 : 0));
    return aManifest({ features, segments: Object.fromEntries(keys.map((key, s) => [key, row(s)])) });
  });

/** Who likes what: nothing at all is not seldom. */
const likes = fc.oneof(
  { weight: 4, arbitrary: fc.uniqueArray(fc.constantFrom(...INTERESTS), { maxLength: 5 }) },
  fc.constant([]),
);

const ONCE: JobControl = { report: () => undefined, signal: new AbortController().signal };

describeEachDatabase((open) => {
  let test: TestDatabase;
  let models: ModelRegistry;
  let promotions: Promotions;
  let membership: Membership;
  let events: MembershipEvent[];
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
      quota: quotaOf({ roomCapacity: 5 }),
      metrics,
      onEvents: (told) => void events.push(...told),
      onAssignment: () => undefined,
      onError,
    });
    const pages = new MemberPages(database);
    promotions = new Promotions({ database, models, pages, onJob: () => undefined });
  });
  afterAll(async () => {
    await models.close();
    await test.remove();
    expect(onError).not.toHaveBeenCalled();
  });
  beforeEach(() => newOrganization());

  async function newOrganization(): Promise<void> {
    organizationId = randomUUID();
    events = [];
    await test.database.system.query('insert into organizations values ($1, $1)', [organizationId]);
  }
  async function add(trained: SegmentationManifest): Promise<string> {
    return (await models.add({ organizationId, manifest: trained, datasetId: null, jobId: null, by: 'me' }))
      .id;
  }
  async function promote(trained: SegmentationManifest): Promise<string> {
    const id = await add(trained);
    await promotions.promote(organizationId, id, 'me');
    return id;
  }
  /** Assigns under the champion, which may not know all that is liked. */
  async function assign(userId: string, liked: readonly string[]): Promise<void> {
    const champion = models.champion(organizationId);
    const features = Float32Array.from(champion.manifest.features, ({ key }) => Number(liked.includes(key)));
    const city = userId.length % 2 === 0 ? 'Lisbon' : 'Porto';
    await membership.assign(organizationId, champion, { userId, city, features });
  }
  async function assignAll(crowd: readonly (readonly string[])[], prefix = 'user'): Promise<void> {
    await Promise.all(crowd.map((liked, i) => assign(`${prefix} ${i}`, liked)));
  }
  function recluster(control = ONCE): Promise<ReclusterResult> {
    const pages = new MemberPages(test.database);
    const handler = new Recluster({ models, pages, membership, duty: 1, settleMs: 0 });
    const job = { organizationId } as Parameters<typeof handler.run>[0];
    return handler.run(job, control);
  }
  async function whereEverybodyIs(): Promise<Map<string, { segmentKey: string; modelId: string }>> {
    const rows = await test.database.system.query<{ userId: string; segmentKey: string; modelId: string }>(
      `select user_id as "userId", segment_key as "segmentKey", model_id as "modelId"
         from members where organization_id = $1 order by user_id`,
      [organizationId],
    );
    return new Map(rows.map(({ userId, ...where }) => [userId, where]));
  }
  async function segments(): Promise<[string, string][]> {
    return [...(await whereEverybodyIs())].map(([userId, { segmentKey }]) => [userId, segmentKey]);
  }
  async function expectEverybodyUnder(modelId: string): Promise<void> {
    const under = new Set([...(await whereEverybodyIs()).values()].map((member) => member.modelId));
    expect([...under].filter((id) => id !== modelId)).toEqual([]);
  }

  /** The log alone tells the rooms, and what was announced is what was logged. */
  async function expectLogToFoldToRooms(): Promise<void> {
    const rooms = new Rooms(test.database);
    const log = new SqlEventLog({ database: test.database, retention: async () => 100_000 });
    const { items } = await rooms.cities(organizationId, { first: 10, after: null });
    for (const city of items) {
      const logged = await log.read(organizationId, city.key, 0, 100_000);
      expect(events.filter(({ cityKey }) => cityKey === city.key).toSorted((a, b) => a.seq - b.seq)).toEqual(
        logged,
      );
      const folded = fold(logged);
      const cityRooms = city.rooms ?? [];
      const ids = cityRooms.map(({ id }) => id);
      const members = await rooms.membersOfRooms(organizationId, ids, { first: 1_000, after: null });
      for (const { id, memberCount } of cityRooms) {
        const userIds = new Set(members.get(id)?.items.map(({ userId }) => userId));
        expect(userIds).toEqual(folded.get(id)?.userIds);
        expect(memberCount).toBe(userIds.size);
      }
    }
  }

  it('does exactly what the preview says, and a rollback undoes all of it', async () => {
    const crowd = fc.array(likes, { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(manifest, manifest, manifest, crowd, crowd, async (one, two, three, early, late) => {
        await newOrganization();
        await promote(one);
        await assignAll(early);
        const second = await promote(two);
        await assignAll(late, 'late'); // so some are the new champion's before the job has run
        await recluster();
        await expectEverybodyUnder(second);
        const before = await whereEverybodyIs();

        const third = await add(three);
        const preview = await promotions.preview(organizationId, third);
        expect(await whereEverybodyIs()).toEqual(before);
        await promotions.promote(organizationId, third, 'me');
        const result = await recluster();
        const after = await whereEverybodyIs();
        const done = new MoveTally();
        for (const [userId, { segmentKey }] of before)
          done.add(segmentKey, after.get(userId)?.segmentKey ?? '?');
        expect(preview).toEqual(done.total());
        expect(result).toEqual({ ...preview, moved: preview.total - preview.unchanged });
        await expectEverybodyUnder(third);
        await expectLogToFoldToRooms();

        await promotions.rollback(organizationId, 'nomads', 'me');
        await recluster();
        expect(await whereEverybodyIs()).toEqual(before);
        await expectLogToFoldToRooms();
      }),
      { numRuns: 8 },
    );
  });

  const SEA = aManifest({ features: ['surf', 'wine'], segments: { sea: [1, 0], cellar: [0, 1] } });
  const SWAPPED = aManifest({ features: ['surf', 'wine'], segments: { cellar: [1, 0], sea: [0, 1] } });
  const crowdOf = (size: number) => Array.from({ length: size }, (_, i) => (i % 2 ? ['surf'] : ['wine']));

  it('moves nobody for the champion, nor for another name than the default one', async () => {
    const champion = await promote(SEA);
    await assignAll(crowdOf(3));
    const other = await add({ ...SWAPPED, name: 'other' });
    const nobody = { total: 3, unchanged: 3, moves: [] };
    expect(await promotions.preview(organizationId, champion)).toEqual(nobody);
    expect(await promotions.preview(organizationId, other)).toEqual(nobody);
    await expect(promotions.preview(organizationId, 'nonsense')).rejects.toMatchObject({
      extensions: { code: 'NOT_FOUND' },
    });
  });

  it('moves those whose interests the new model does not know to the lobby, and back', async () => {
    await promote(SEA);
    await assignAll([['surf'], ['wine']]);
    const landlocked = await add(aManifest({ features: ['wine'], segments: { cellar: [1] } }));
    expect(await promotions.preview(organizationId, landlocked)).toEqual({
      total: 2,
      unchanged: 1,
      moves: [{ from: 'sea', to: null, members: 1 }],
    });
    await promotions.promote(organizationId, landlocked, 'me');
    await recluster();
    expect(await segments()).toEqual([
      ['user 0', ''],
      ['user 1', 'cellar'],
    ]);
    await promotions.rollback(organizationId, 'nomads', 'me');
    expect(await recluster()).toMatchObject({ moves: [{ from: null, to: 'sea', members: 1 }] });
  });

  it('goes on where it was stopped', async () => {
    await promote(SEA);
    await assignAll(crowdOf(300));
    const swapped = await promote(SWAPPED);
    const stop = new AbortController();
    const write = jest.spyOn(membership, 'moveInBackground');
    const stopping = recluster({ report: () => stop.abort(new Error('stopped')), signal: stop.signal });
    await expect(stopping).rejects.toThrow('stopped');
    const written = write.mock.calls.reduce((sum, [, moves]) => sum + moves.length, 0);
    write.mockRestore();
    expect(written).toBeGreaterThan(0);
    expect(written).toBeLessThan(300);
    await expectLogToFoldToRooms();
    expect(await recluster()).toMatchObject({ total: 300 - written, moved: 300 - written });
    await expectEverybodyUnder(swapped);
    await expectLogToFoldToRooms();
    expect(await recluster()).toMatchObject({ total: 0, moved: 0, moves: [] });
  });

  it('leaves those alone who assign themselves or leave meanwhile', async () => {
    await promote(SEA);
    await assignAll(crowdOf(20));
    await promote(SWAPPED);
    const write = membership.moveInBackground.bind(membership);
    jest.spyOn(membership, 'moveInBackground').mockImplementationOnce(async (organization, moves) => {
      await assign('user 1', ['wine']);
      await membership.leave(organizationId, 'user 3');
      return write(organization, moves);
    });
    expect(await recluster()).toMatchObject({ total: 18, moved: 18 });
    const now = await whereEverybodyIs();
    expect([now.get('user 1')?.segmentKey, now.has('user 3')]).toEqual(['sea', false]);
    await expectLogToFoldToRooms();
  });

  it('goes on with the newest champion when another is promoted meanwhile', async () => {
    await promote(SEA);
    await assignAll(crowdOf(300));
    await promote(SWAPPED);
    let newest = '';
    const write = membership.moveInBackground.bind(membership);
    jest.spyOn(membership, 'moveInBackground').mockImplementationOnce(async (organization, moves) => {
      newest = await promote(SEA);
      return write(organization, moves);
    });
    await recluster();
    await expectEverybodyUnder(newest);
    expect(await recluster()).toMatchObject({ total: 0 }); // the second promotion's own job
    await expectLogToFoldToRooms();
  });

  it('lets nobody wait who asks for an assignment', async () => {
    await promote(SEA);
    await assignAll(crowdOf(300));
    await promote(SWAPPED);
    let isDone = false;
    const job = recluster().then(() => {
      isDone = true;
    });
    await assign('newcomer', ['wine']);
    expect(isDone).toBe(false);
    await job;
    await expectLogToFoldToRooms();
  });
});
