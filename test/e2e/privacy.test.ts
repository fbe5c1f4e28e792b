import { randomUUID } from 'node:crypto';
import {
  AssignDocument,
  AuditLogDocument,
  ExportUserDocument,
  type ExportUserQuery,
  ForgetDocument,
  LeaveDocument,
  WatchCityDocument,
} from '../client/generated';
import { useGateway } from './gateway';
import { LIKES } from './people';
import { describeEachStorage } from './storages';
import { Subscription } from './subscription';

type Known = NonNullable<ExportUserQuery['exportUser']>;

describeEachStorage((open) => {
  const gateway = useGateway(open);
  const assign = (userId: string, city: string, segment: 1 | 2 | 3 | 4) =>
    gateway.client.run(AssignDocument, { input: { userId, city, interests: LIKES[segment] } });
  const exportOf = async (
    userId: string,
    page: { first?: number; after?: string | null } = {},
  ): Promise<Known | null> =>
    (await gateway.client.run(ExportUserDocument, { userId, ...page })).exportUser ?? null;

  it('tells all that is known of a person, and nothing of a stranger', async () => {
    const [userId, city] = [randomUUID(), randomUUID()];
    expect(await exportOf(userId)).toBeNull();
    await assign(userId, city, 4);
    await assign(userId, city, 1);
    await assign(randomUUID(), city, 1);
    const known = await exportOf(userId);
    expect(known).toMatchObject({
      userId,
      member: {
        city,
        room: { id: expect.any(String), segment: { number: 1, key: expect.any(String) } },
        assignment: { assignedAt: expect.any(String) },
      },
      scored: { modelId: 'nomads-1', features: { chinese: 1, movies: 1, burguers: 1 }, stated: null },
    });
    expect((known as Known).events.edges.map(({ node }) => node)).toMatchObject([
      { city, seq: 1, kind: 'JOINED', userId, room: { segmentNumber: 4 }, previousRoom: null },
      { city, seq: 2, kind: 'MOVED', userId, room: { segmentNumber: 1 }, previousRoom: { segmentNumber: 4 } },
    ]);
    const { features, affinities } = (known as Known).scored as NonNullable<Known['scored']>;
    expect([features, affinities].map((each) => Object.keys(each as object).length)).toEqual([3, 4]);
    await gateway.client.run(LeaveDocument, { userId });
    expect(await exportOf(userId)).toMatchObject({
      member: null,
      scored: null,
      events: { edges: { length: 3 } },
    });
    const { auditLog } = await gateway.client.run(AuditLogDocument, { first: 1 });
    expect(auditLog.edges[0]?.node).toMatchObject({ action: 'exportUser', target: null, details: {} });
  });

  it('tells of the events page by page, in the order of their happening, each once', async () => {
    const [userId, here, there] = [randomUUID(), randomUUID(), randomUUID()];
    for (let n = 0; n < 6; n++) await assign(userId, n % 2 ? there : here, 2);
    const told: string[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const { edges, pageInfo }: Known['events'] = ((await exportOf(userId, { first: 2, after })) as Known)
        .events;
      expect(edges.length).toBeLessThanOrEqual(2);
      told.push(...edges.map(({ node: { kind, city } }) => `${kind} ${city === here ? 'here' : 'there'}`));
      [after, more] = [pageInfo.endCursor ?? null, pageInfo.hasNextPage];
    }
    const moves = ['LEFT here', 'JOINED there', 'LEFT there', 'JOINED here'];
    expect(told).toEqual(['JOINED here', ...moves, ...moves, 'LEFT here', 'JOINED there']);
  });

  it.each([
    'x',
    'infinity JOINED 0b8f2d6e-0000-4000-8000-000000000000 1',
    '2026-01-01T00:00:00.000Z JOINED 7 1',
    '2026-01-01T00:00:00.000Z LEFT 0b8f2d6e-0000-4000-8000-000000000000 4294967296',
  ])('refuses the place %s, which its sender wrote', async (place) => {
    const userId = randomUUID();
    await assign(userId, randomUUID(), 2);
    const after = Buffer.from(JSON.stringify(['events of a person', place])).toString('base64url');
    expect((await gateway.client.refusal(ExportUserDocument, { userId, after })).code).toBe('BAD_USER_INPUT');
  });

  it('erases a person everywhere, also for those who resume while others have it before them', async () => {
    const [ann, ben, city] = [randomUUID(), randomUUID(), randomUUID()];
    const watch = new Subscription(gateway.url, WatchCityDocument, { city, after: 0 });
    await assign(ann, city, 1);
    await assign(ben, city, 2);
    await assign(ann, city, 3);
    // Live: these payloads are kept for those who resume.
    await watch.until(() => watch.results.length === 3);
    await gateway.client.run(ForgetDocument, { userId: ann });
    await watch.until(() => watch.results.length === 4);
    const users = (of: typeof watch) => of.results.map((result) => result.roomMembershipChanged.userId);
    expect(users(watch)).toEqual([ann, ben, ann, ann]);

    const resumed = new Subscription(gateway.url, WatchCityDocument, { city, after: 0 });
    await resumed.until(() => resumed.results.length === 4);
    expect(users(resumed)).toEqual([null, ben, null, null]);
    expect(await exportOf(ann)).toBeNull();
    expect(await gateway.client.run(ForgetDocument, { userId: ann })).toEqual({ forgetUser: false });
    const { auditLog } = await gateway.client.run(AuditLogDocument, { first: 100 });
    expect(JSON.stringify(auditLog)).not.toContain(ann);
  });
});
