import { randomUUID } from 'node:crypto';
import {
  AssignDocument,
  AuditLogDocument,
  ExportUserDocument,
  ForgetDocument,
  LeaveDocument,
  WatchCityDocument,
} from '../client/generated';
import { useGateway } from './gateway';
import { LIKES } from './people';
import { describeEachStorage } from './storages';
import { Subscription } from './subscription';

describeEachStorage((open) => {
  const gateway = useGateway(open);
  const assign = (userId: string, city: string, segment: 1 | 2 | 3 | 4) =>
    gateway.client.run(AssignDocument, { input: { userId, city, interests: LIKES[segment] } });
  const exportOf = async (userId: string) =>
    (await gateway.client.run(ExportUserDocument, { userId })).exportUser;

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
        room: { segmentNumber: 1, segmentKey: expect.any(String) },
        modelId: 'nomads-1',
        features: { chinese: 1, movies: 1, burguers: 1 },
        stated: null,
      },
      events: [
        { city, seq: 1, kind: 'JOINED', segmentNumber: 4, previousRoomId: null },
        { city, seq: 2, kind: 'MOVED', segmentNumber: 1, previousSegmentNumber: 4 },
      ],
    });
    const { features, affinities } = (known as { member: Record<string, object> }).member;
    expect([Object.keys(features ?? {}).length, Object.keys(affinities ?? {}).length]).toEqual([3, 4]);
    await gateway.client.run(LeaveDocument, { userId });
    expect(await exportOf(userId)).toMatchObject({ member: null, events: { length: 3 } });
    const { auditLog } = await gateway.client.run(AuditLogDocument, { first: 1 });
    expect(auditLog.edges[0]?.node).toMatchObject({ action: 'exportUser', target: null, details: {} });
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
