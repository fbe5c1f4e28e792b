import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { ProtocolSocket } from './protocol-socket';
import { ToyGateway } from './toy-gateway';

const MIB = 1024 * 1024;
/** Time enough to answer a ping also on a busy machine: both ends share one thread here. */
const PING_MS = 500;
/** So large an event that a few thousand fill whatever the kernel buffers on its own. */
const LARGE = { city: 'x'.repeat(2_000) };
const WATCH_LARGE = `subscription ($city: String!, $after: Int) {
  roomMembershipChanged(city: $city, after: $after) { seq city } }`;

describe('slow readers', () => {
  let gateway: ToyGateway;

  afterEach(() => gateway.stop());

  async function watch(after: number): Promise<ProtocolSocket> {
    const client = await ProtocolSocket.connect(gateway.url);
    client.subscribe('a', { city: 'Lisbon', after }, WATCH_LARGE);
    return client;
  }

  async function slowReaders(): Promise<number | undefined> {
    return (await gateway.metrics.slowReaders.get()).values[0]?.value;
  }

  /** Resolves once the gateway has stopped sending. */
  async function quiet(): Promise<void> {
    let before = -1;
    for (let unchanged = 0; unchanged < 200; unchanged++) {
      await turn();
      if (gateway.executions !== before) unchanged = 0;
      before = gateway.executions;
    }
  }

  it('closes a paused socket with 4429 in a burst; the others get everything, and so does it on return', async () => {
    gateway = await ToyGateway.start({ limits: { closeMs: 20_000 } });
    gateway.commit();
    const readers = await Promise.all([1, 2, 3].map(() => watch(0)));
    const paused = await watch(0);
    await Promise.all([...readers, paused].map((client) => client.untilSeq('a', 1)));
    paused.socket.pause();

    const before = process.memoryUsage().rss;
    gateway.announcements.announce(gateway.log.append(6_000, LARGE));
    for (const reader of readers) expect(await reader.untilSeq('a', 6_001)).toEqual(range(1, 6_001));
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * MIB);
    expect(gateway.executions).toBe(6_001);
    expect(await slowReaders()).toBe(1);

    paused.socket.resume();
    const { code, reason } = await paused.closed;
    const received = paused.seqs('a');
    expect(received).toEqual(range(1, received.length));
    expect(code).toBe(4429);
    expect(reason).toBe(`Reading too slowly; resume with after: ${received.length}`);

    const returned = await watch(received.length);
    expect(await returned.untilSeq('a', 6_001)).toEqual(range(received.length + 1, 6_001));
    await Promise.all([...readers, returned].map((client) => client.close()));
  });

  it('destroys a paused socket that never takes its close frame', async () => {
    gateway = await ToyGateway.start({ limits: { closeMs: 50 } });
    const paused = await watch(0);
    gateway.commit();
    await paused.untilSeq('a', 1);
    paused.socket.pause();
    gateway.announcements.announce(gateway.log.append(6_000, LARGE));
    while ((await gateway.metrics.sockets.get()).values[0]?.value !== 0) await turn();
    expect(gateway.sockets.subscriptions.size).toBe(0);
    expect(gateway.feeds.size).toBe(0);
    paused.socket.terminate();
  });

  it('waits for who resumes slowly instead of closing or buffering', async () => {
    gateway = await ToyGateway.start();
    gateway.log.append(10_000, LARGE);
    const slow = await ProtocolSocket.connect(gateway.url);
    slow.socket.pause();
    slow.subscribe('a', { city: 'Lisbon', after: 0 }, WATCH_LARGE);
    while (gateway.executions === 0) await turn();
    await quiet();
    expect(gateway.executions).toBeLessThan(9_000);
    slow.socket.resume();
    gateway.commit(10);
    expect(await slow.untilSeq('a', 10_010)).toEqual(range(1, 10_010));
    expect(await slowReaders()).toBe(0);
    await slow.close();
  });

  it('keeps nobody waiting for who resumes slowly', async () => {
    gateway = await ToyGateway.start();
    gateway.log.append(10_000, LARGE);
    const slow = await ProtocolSocket.connect(gateway.url);
    slow.socket.pause();
    slow.subscribe('a', { city: 'Lisbon', after: 0 }, WATCH_LARGE);
    while (gateway.executions === 0) await turn();
    gateway.commit(500);
    await quiet();
    const before = gateway.executions;
    const live = await watch(10_500);
    gateway.commit();
    expect(await live.untilSeq('a', 10_501)).toEqual([10_501]);
    expect(gateway.sockets.subscriptions.size).toBe(1);
    expect(gateway.executions - before).toBe(1);
    slow.socket.terminate();
    await live.close();
  });

  it('closes who resumes and then stops reading altogether', async () => {
    gateway = await ToyGateway.start({ limits: { stallMs: 100, closeMs: 20_000 } });
    gateway.log.append(10_000, LARGE);
    const stalled = await ProtocolSocket.connect(gateway.url);
    stalled.socket.pause();
    stalled.subscribe('a', { city: 'Lisbon', after: 0 }, WATCH_LARGE);
    while ((await slowReaders()) !== 1) await turn();
    stalled.socket.resume();
    const { code, reason } = await stalled.closed;
    expect(code).toBe(4429);
    expect(reason).toBe(`Reading too slowly; resume with after: ${stalled.seqs('a').length}`);
  });

  it('closes who resumes and then stops reading with 4429, however often it would have been pinged', async () => {
    gateway = await ToyGateway.start({ limits: { pingMs: PING_MS, stallMs: 2_000, closeMs: 20_000 } });
    gateway.log.append(10_000, LARGE);
    const stalled = await watch(0);
    await stalled.untilSeq('a', 1);
    stalled.socket.pause();
    while ((await slowReaders()) !== 1) await turn();
    stalled.socket.resume();
    const { code, reason } = await stalled.closed;
    expect(code).toBe(4429);
    expect(reason).toBe(`Reading too slowly; resume with after: ${stalled.seqs('a').length}`);
  });

  it('closes a live reader that stalls with 4429, though less waits for it than may', async () => {
    gateway = await ToyGateway.start({
      limits: { pingMs: PING_MS, stallMs: 2_000, closeMs: 20_000, maxBufferedBytes: 64 * MIB },
    });
    const connected = once(gateway.server, 'connection');
    const stalled = await watch(0);
    gateway.commit();
    await stalled.untilSeq('a', 1);
    stalled.socket.pause();
    // Whatever the kernel takes for a reader who does not read: more, until something waits here.
    const [connection] = (await connected) as [Socket];
    while ((await slowReaders()) !== 1) {
      if (connection.writableLength === 0) gateway.announcements.announce(gateway.log.append(1_000, LARGE));
      await turn();
    }
    stalled.socket.resume();
    expect(await stalled.closed).toEqual({ code: 4429, reason: 'Reading too slowly; subscribe again' });
    const seqs = stalled.seqs('a');
    expect(seqs).toEqual(range(1, seqs.length));
  });

  it('lets live who reads slowly, though its pings wait behind megabytes', async () => {
    gateway = await ToyGateway.start({ limits: { pingMs: PING_MS, stallMs: 10_000 } });
    gateway.log.append(5_000, LARGE);
    const slow = await watch(0);
    let sips = 0;
    slow.socket.on('message', () => {
      if (++sips % 100 !== 0) return;
      slow.socket.pause();
      setTimeout(() => slow.socket.resume(), 50);
    });
    expect(await slow.untilSeq('a', 5_000)).toEqual(range(1, 5_000));
    expect(await slowReaders()).toBe(0);
    await slow.settled();
    await slow.close();
  });

  it('bounds the answers to pings and refusals too', async () => {
    gateway = await ToyGateway.start({ limits: { maxBufferedBytes: 10_000 } });
    const client = await ProtocolSocket.connect(gateway.url);
    client.socket.pause();
    const payload = { padding: 'x'.repeat(60_000) };
    while ((await slowReaders()) === 0 && client.socket.bufferedAmount < 64 * MIB) {
      client.send({ type: 'ping', payload });
      await turn();
    }
    expect(await slowReaders()).toBe(1);
    client.socket.resume();
    expect(await client.closed).toEqual({ code: 4429, reason: 'Reading too slowly; subscribe again' });
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
