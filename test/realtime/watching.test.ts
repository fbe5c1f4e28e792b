import { setImmediate as turn } from 'node:timers/promises';
import { ProtocolSocket, WATCH } from './protocol-socket';
import { ToyGateway } from './toy-gateway';

describe('watching a city', () => {
  let gateway: ToyGateway;

  beforeEach(async () => {
    gateway = await ToyGateway.start();
  });

  afterEach(async () => {
    await gateway.stop();
    expect(gateway.feeds.size).toBe(0);
    expect(gateway.sockets.subscriptions.size).toBe(0);
    expect((await gateway.metrics.subscriptions.get()).values[0]?.value).toBe(0);
    expect((await gateway.metrics.sockets.get()).values[0]?.value).toBe(0);
    expect(gateway.errors).toEqual([]);
  });

  /** Starts the first subscription of a group, and waits until it runs, which the protocol doesn't tell. */
  async function watch(client: ProtocolSocket, id: string): Promise<void> {
    const before = gateway.sockets.subscriptions.size;
    client.subscribe(id);
    while (gateway.sockets.subscriptions.size === before) await turn();
  }

  it('sends every event from now on, once and in order', async () => {
    gateway.commit(3);
    const client = await ProtocolSocket.connect(gateway.url);
    await watch(client, 'a');
    for (let i = 0; i < 10; i++) gateway.commit(7);
    expect(await client.untilSeq('a', 73)).toEqual(range(4, 73));
    await client.close();
  });

  it('resumes after an event, over pages of the log, into live events', async () => {
    gateway.commit(1_300);
    const client = await ProtocolSocket.connect(gateway.url);
    client.subscribe('a', { city: 'Lisbon', after: 10 });
    for (let i = 0; i < 20; i++) {
      gateway.commit(5);
      await turn();
    }
    expect(await client.untilSeq('a', 1_400)).toEqual(range(11, 1_400));
    await client.close();
  });

  it('executes once per event for fifty subscribers, whatever they resume after', async () => {
    gateway.commit(20);
    const clients = await Promise.all(range(1, 50).map(() => ProtocolSocket.connect(gateway.url)));
    clients.forEach((client, i) => {
      client.subscribe('a', { city: 'Lisbon', after: i % 20 });
    });
    await Promise.all(clients.map((client) => client.untilSeq('a', 20)));
    expect(gateway.executions).toBe(20);
    expect(gateway.sockets.subscriptions.size).toBe(1);
    gateway.commit(5);
    for (const [i, client] of clients.entries()) {
      expect(await client.untilSeq('a', 25)).toEqual(range((i % 20) + 1, 25));
    }
    expect(gateway.executions).toBe(25);
    await Promise.all(clients.map((client) => client.close()));
  });

  it('keeps subscribers with other rights, documents or variables apart', async () => {
    const query = `subscription ($city: String!, $loud: Boolean!) {
      roomMembershipChanged(city: $city) { seq userId @include(if: $loud) } }`;
    const app = await ProtocolSocket.connect(gateway.url);
    const member = await ProtocolSocket.connect(gateway.url, 'Bearer member-1');
    app.subscribe('quiet', { city: 'Lisbon', loud: false }, query);
    app.subscribe('loud', { city: 'Lisbon', loud: true }, query);
    app.subscribe('loud again', { city: 'Lisbon', loud: true, unused: 1 }, query);
    await watch(app, 'other document');
    member.subscribe('loud', { city: 'Lisbon', loud: true }, query);
    await watch(member, 'other document');
    while (gateway.sockets.subscriptions.size < 5) await turn();
    gateway.commit();
    const loud = await app.until(({ id, type }) => id === 'loud' && type === 'next');
    const quiet = await app.until(({ id, type }) => id === 'quiet' && type === 'next');
    expect(loud.payload.data.roomMembershipChanged).toEqual({ seq: 1, userId: 'user-1' });
    expect(quiet.payload.data.roomMembershipChanged).toEqual({ seq: 1 });
    await app.untilSeq('loud again', 1);
    await member.untilSeq('loud', 1);
    expect(gateway.executions).toBe(5);
    await Promise.all([app.close(), member.close()]);
  });

  it('keeps who leaves a variable out apart from who says it is null', async () => {
    const query = `subscription ($loud: Boolean = true) {
      roomMembershipChanged(city: "Lisbon", after: 0) { seq userId(shout: $loud) } }`;
    const client = await ProtocolSocket.connect(gateway.url);
    client.subscribe('absent', {}, query);
    client.subscribe('null', { loud: null }, query);
    while (gateway.sockets.subscriptions.size < 2) await turn();
    gateway.commit();
    const absent = await client.until(({ id, type }) => id === 'absent' && type === 'next');
    const explicit = await client.until(({ id, type }) => id === 'null' && type === 'next');
    expect(absent.payload.data.roomMembershipChanged.userId).toBe('USER-1');
    expect(explicit.payload.data.roomMembershipChanged.userId).toBe('user-1');
    await client.close();
  });

  it('does not tell a forgotten name from a kept payload', async () => {
    gateway.commit(2);
    const client = await ProtocolSocket.connect(gateway.url);
    client.subscribe('a', { city: 'Lisbon', after: 0 });
    await client.untilSeq('a', 2);
    gateway.log.events = gateway.log.events.map((event) => ({ ...event, userId: null }));
    client.subscribe('b', { city: 'Lisbon', after: 0 });
    await client.untilSeq('b', 2);
    const names = client.messages.filter(({ id }) => id === 'b').map(({ payload }) => payload.data);
    expect(names.map((data) => data.roomMembershipChanged.userId)).toEqual([null, null]);
    await client.close();
  });

  it('says EVENTS_EXPIRED with the oldest number when the log does not reach back', async () => {
    gateway.commit(30);
    gateway.log.retain(10);
    const client = await ProtocolSocket.connect(gateway.url);
    client.subscribe('late', { city: 'Lisbon', after: 19 });
    client.subscribe('in time', { city: 'Lisbon', after: 20 });
    const { payload } = await client.until(({ type }) => type === 'error');
    expect(payload[0].extensions).toEqual({ code: 'EVENTS_EXPIRED', oldestSeq: 21 });
    expect(await client.untilSeq('in time', 30)).toEqual(range(21, 30));
    await client.settled();
    expect(client.messages.filter(({ id }) => id === 'late')).toHaveLength(1);
    await client.close();
  });

  it.each([
    [31, /last event is 30/],
    [-1, /0 or more/],
  ])('refuses to resume after %d', async (after, message) => {
    gateway.commit(30);
    const client = await ProtocolSocket.connect(gateway.url);
    client.subscribe('a', { city: 'Lisbon', after });
    const { payload } = await client.until(({ type }) => type === 'error');
    expect(payload).toEqual([
      { message: expect.stringMatching(message), extensions: { code: 'BAD_USER_INPUT' } },
    ]);
    await client.close();
  });

  it('resumes after an event that this gateway has not heard of yet', async () => {
    gateway.commit(5);
    const client = await ProtocolSocket.connect(gateway.url);
    await watch(client, 'a');
    gateway.log.append(5); // committed elsewhere, its announcement lost
    client.subscribe('b', { city: 'Lisbon', after: 8 });
    expect(await client.untilSeq('b', 10)).toEqual([9, 10]);
    expect(await client.untilSeq('a', 10)).toEqual(range(6, 10));
    await client.close();
  });

  it('ends a subscription on complete, and takes its id again', async () => {
    const client = await ProtocolSocket.connect(gateway.url);
    client.subscribe('a', { city: 'Lisbon', after: 0 });
    client.send({ id: 'a', type: 'complete' });
    client.subscribe('a', { city: 'Lisbon', after: 0 });
    client.send({ id: 'never', type: 'complete' });
    client.subscribe('b', { city: 'Lisbon', after: 0 });
    gateway.commit(3);
    expect(await client.untilSeq('a', 3)).toEqual([1, 2, 3]);
    client.send({ id: 'a', type: 'complete' });
    await client.settled();
    gateway.commit();
    await client.untilSeq('b', 4);
    expect(client.seqs('a')).toEqual([1, 2, 3]);
    await client.close();
  });

  it('sends the errors of an execution with its result, and masks defects', async () => {
    const query = 'subscription { roomMembershipChanged(city: "Lisbon", after: 0) { seq trap } }';
    gateway.trap = () => {
      throw new Error('secret');
    };
    gateway.commit();
    const client = await ProtocolSocket.connect(gateway.url);
    client.subscribe('a', {}, query);
    await client.untilSeq('a', 1);
    const [message] = client.messages.filter(({ id }) => id === 'a');
    expect(message?.payload).toEqual({
      data: { roomMembershipChanged: { seq: 1, trap: null } },
      errors: [{ message: 'Internal server error', extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
    });
    gateway.trap = () => 'well again';
    client.subscribe('b', {}, query);
    await client.untilSeq('b', 1);
    expect(client.messages.at(-1)?.payload.data.roomMembershipChanged.trap).toBe('well again');
    await client.close();
  });

  it('sends the assignments of one member, live', async () => {
    const query = 'subscription ($userId: ID!) { assignmentChanged(userId: $userId) { userId cluster } }';
    const client = await ProtocolSocket.connect(gateway.url);
    client.subscribe('a', { userId: 'ana' }, query);
    client.subscribe('b', { userId: 'ben' }, query);
    while (gateway.sockets.subscriptions.size < 2) await turn();
    gateway.announcements.publish('assignment:nomads:ana', { userId: 'ana', cluster: 3 });
    gateway.announcements.publish('assignment:nomads:ana', { userId: 'ana', cluster: 4 });
    gateway.announcements.publish('assignment:nomads:ben', { userId: 'ben', cluster: 1 });
    await client.until(({ id, type }) => id === 'b' && type === 'next');
    await client.until(({ payload }) => payload?.data?.assignmentChanged?.cluster === 4);
    const clusters = client.messages.filter(({ id }) => id === 'a').map(({ payload }) => payload.data);
    expect(clusters.map((data) => data.assignmentChanged.cluster)).toEqual([3, 4]);
    await client.close();
  });

  it('reads one page for a crowd that reconnects', async () => {
    gateway.commit(400);
    const clients = await Promise.all(range(1, 40).map(() => ProtocolSocket.connect(gateway.url)));
    await watch(clients[0] as ProtocolSocket, 'first');
    const before = gateway.log.reads;
    clients.forEach((client, i) => {
      client.subscribe('a', { city: 'Lisbon', after: i }, WATCH);
    });
    await Promise.all(clients.map((client) => client.untilSeq('a', 400)));
    expect(gateway.log.reads - before).toBeLessThan(20);
    await Promise.all(clients.map((client) => client.close()));
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
