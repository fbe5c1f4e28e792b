import {
  AssignDocument,
  AssignManyDocument,
  ForgetDocument,
  type InterestsInput,
  LeaveDocument,
  WatchMemberDocument,
} from '../client/generated';
import { useGateway } from '../e2e/gateway';
import { LIKES, NOTHING } from '../e2e/people';
import { describeEachStorage } from '../e2e/storages';
import { Subscription } from '../e2e/subscription';
import { logOf, Watcher } from '../e2e/watcher';

describeEachStorage((open) => {
  const gateway = useGateway(open);

  async function assign(userId: string, city: string, interests: InterestsInput) {
    return (await gateway.client.run(AssignDocument, { input: { userId, city, interests } })).assignCluster;
  }

  describe('roomMembershipChanged', () => {
    it('without after: what happens from now on, of this city only', async () => {
      await assign('early', 'Porto', LIKES[1]);
      const watcher = new Watcher(gateway.url, ' porto ');
      const segments = [LIKES[2], LIKES[3]];
      let turn = 0;
      await watcher.awake(() => assign('nudger', 'Porto', segments[turn++ % 2] ?? NOTHING));
      await assign('elsewhere', 'Lisbon', LIKES[1]);
      const { room, seq } = await assign('late', 'Porto', LIKES[1]);
      await watcher.reaches(seq ?? 0);
      const [first] = watcher.events;
      expect(first?.seq).toBeGreaterThan(1);
      expect(watcher.events.map((event) => event.seq)).toEqual(range(first?.seq ?? 0, seq ?? 0));
      expect(watcher.events.at(-1)).toMatchObject({
        kind: 'JOINED',
        city: 'Porto',
        userId: 'late',
        room: { id: room.id, segmentNumber: 1, memberCount: 2 },
      });
    });

    it('with after: everything later, from the log and then live', async () => {
      const inputs = range(1, 300).map((i) => ({ userId: `user ${i}`, city: 'Faro', interests: LIKES[1] }));
      await gateway.client.run(AssignManyDocument, { inputs });
      const watcher = new Watcher(gateway.url, 'Faro', 120);
      const inputsLater = inputs.map((input) => ({ ...input, interests: LIKES[4] }));
      await gateway.client.run(AssignManyDocument, { inputs: inputsLater });
      await watcher.reaches(600);
      expect(watcher.events.map(({ seq }) => seq)).toEqual(range(121, 600));
      expect(watcher.events.at(-1)?.previousRoom).toMatchObject({ segmentNumber: 1, memberCount: 0 });
    });

    it('waits in a city that nobody ever joined', async () => {
      const watcher = new Watcher(gateway.url, 'Atlantis', 0);
      await assign('first', 'ATLANTIS', NOTHING);
      await watcher.reaches(1);
      expect(watcher.events).toMatchObject([{ seq: 1, city: 'ATLANTIS', room: { segmentNumber: null } }]);
    });

    it('tells no forgotten name, not even of events that others have just seen', async () => {
      const witness = new Watcher(gateway.url, 'Lagos', 0);
      await assign('forgotten', 'Lagos', LIKES[1]);
      await assign('other', 'Lagos', LIKES[1]);
      await witness.reaches(2);
      await gateway.client.run(ForgetDocument, { userId: 'forgotten' });
      const late = (await logOf(gateway.url, 'Lagos', 3)).map(({ userId }) => userId);
      expect(late).toEqual([null, 'other', null]);
      await witness.reaches(3);
      expect(witness.events[0]?.userId).toBe('forgotten');
    });

    it.each([
      ['an empty city', '', 0, /^city is empty/],
      ['a control character', 'a\u0000', 0, /^city holds a control character/],
      ['half a surrogate pair', '\udc00', 0, /^city is not valid Unicode/],
      ['a negative number', 'Lisbon', -1, /0 or more/],
      ['a number that is yet to come', 'Nowhere', 1, /last event is 0/],
    ])('refuses %s', async (_what, city, after, message) => {
      const watcher = new Watcher(gateway.url, city, after);
      expect(await watcher.refused()).toMatchObject([
        { message: expect.stringMatching(message), extensions: { code: 'BAD_USER_INPUT' } },
      ]);
    });
  });

  describe('assignmentChanged', () => {
    it("tells the user's own assignments, each that differs from the last, and nobody else's", async () => {
      const subscription = new Subscription(gateway.url, WatchMemberDocument, { userId: 'ann' });
      let turn = 0;
      await subscription.awake(() => assign('ann', 'Braga', turn++ % 2 ? LIKES[1] : LIKES[2]));
      const start = await assign('ann', 'Braga', LIKES[3]);
      await assign('bob', 'Braga', LIKES[3]);
      await assign('ann', 'Braga', LIKES[3]); // nothing new
      const renewed = await assign('ann', 'Braga', { ...LIKES[3], coffee: true });
      const idle = await assign('ann', 'Braga', NOTHING);
      await gateway.client.run(LeaveDocument, { userId: 'ann' });
      const away = await assign('ann', 'Guarda', LIKES[4]);
      const told = () => subscription.results.map(({ assignmentChanged }) => assignmentChanged);
      await subscription.until(() => told().at(-1)?.room.city === 'Guarda');
      expect(renewed).toMatchObject({ changed: false });
      expect(told().slice(-4)).toEqual([start, renewed, idle, away]);
      expect(new Set(told().map(({ userId }) => userId))).toEqual(new Set(['ann']));
    });

    it('refuses a userId that can be nobody’s', async () => {
      const subscription = new Subscription(gateway.url, WatchMemberDocument, { userId: '' });
      expect(await subscription.refused()).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    });
  });
});

describeEachStorage((open) => {
  const gateway = useGateway(open, { EVENT_RETENTION: '20' });

  it('EVENTS_EXPIRED says the oldest number, from which one can go on', async () => {
    const inputs = range(1, 50).map((i) => ({ userId: `user ${i}`, city: 'Lisbon', interests: LIKES[1] }));
    await gateway.client.run(AssignManyDocument, { inputs });
    const late = new Watcher(gateway.url, 'Lisbon', 29);
    const [error] = await late.refused();
    expect(error?.extensions).toEqual({ code: 'EVENTS_EXPIRED', oldestSeq: 31 });
    const inTime = new Watcher(gateway.url, 'Lisbon', 30);
    await inTime.reaches(50);
    expect(inTime.events.map(({ seq }) => seq)).toEqual(range(31, 50));
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
