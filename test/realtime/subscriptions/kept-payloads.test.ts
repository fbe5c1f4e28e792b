import { setImmediate as turn } from 'node:timers/promises';
import { KeptPayloads } from '../../../src/realtime/subscriptions/kept-payloads';
import { ProtocolSocket } from '../protocol-socket';
import { ToyGateway } from '../toy-gateway';

/** Three payloads of 9,000 bytes fit, with what is charged for their events. */
const CAPACITY = 32_000;

function execution(cacheable = true) {
  return Promise.resolve({ bytes: Buffer.alloc(9_000), cacheable });
}

describe('kept payloads', () => {
  it('share one budget over all groups, and let those go that were used least recently', async () => {
    const kept = new KeptPayloads(CAPACITY);
    const [first, second] = [kept.shelf<string>(), kept.shelf<string>()];
    await first.keep(1, 'a', execution());
    await first.keep(2, 'b', execution());
    await second.keep(1, 'a', execution());
    expect(await first.get(1, 'a')).toEqual({ seq: 1, bytes: Buffer.alloc(9_000) });
    await second.keep(2, 'b', execution());
    expect([first.get(2, 'b'), second.get(1, 'a')]).toEqual([undefined, expect.any(Promise)]);
    await second.keep(3, 'c', execution());
    expect(first.get(1, 'a')).toBeUndefined();
    expect(kept.length).toBeGreaterThan(27_000);
    expect(kept.length).toBeLessThanOrEqual(CAPACITY);
  });

  it('are freed with their group, those still being executed too', async () => {
    const kept = new KeptPayloads(CAPACITY);
    const [ending, other] = [kept.shelf<string>(), kept.shelf<string>()];
    await other.keep(1, 'a', execution());
    const length = kept.length;
    await ending.keep(1, 'a', execution());
    const running = ending.keep(2, 'b', execution());
    ending.close();
    await running;
    await ending.keep(3, 'c', execution());
    expect(kept.length).toBe(length);
    expect(ending.get(3, 'c')).toBeUndefined();
  });

  it('hold no errors, no larger payload than fits, and one for each event', async () => {
    const kept = new KeptPayloads(CAPACITY);
    const shelf = kept.shelf<string>();
    await shelf.keep(1, 'a', execution(false));
    await shelf.keep(2, 'b', Promise.resolve({ bytes: Buffer.alloc(CAPACITY), cacheable: true }));
    expect([shelf.get(1, 'a'), shelf.get(2, 'b'), kept.length]).toEqual([undefined, undefined, 0]);
    await Promise.all([shelf.keep(3, 'named', execution()), shelf.keep(3, 'forgotten', execution())]);
    expect(shelf.get(3, 'named')).toBeUndefined();
    expect(shelf.get(3, 'forgotten')).toBeInstanceOf(Promise);
    expect(kept.length).toBeLessThan(18_000);
  });
});

it('a gateway keeps no more than its budget however many documents ask, and nothing once they are gone', async () => {
  const gateway = await ToyGateway.start({ keptLength: 100_000 });
  gateway.log.append(150, { city: 'x'.repeat(1_000) });
  const client = await ProtocolSocket.connect(gateway.url);
  for (let document = 1; document <= 8; document++) {
    const aliases = Array.from({ length: document }, (_, i) => `name${i}: city`).join(' ');
    const query = `subscription { roomMembershipChanged(city: "Lisbon", after: 0) { seq ${aliases} } }`;
    client.subscribe(`${document}`, {}, query);
  }
  for (let document = 1; document <= 8; document++) await client.untilSeq(`${document}`, 150);
  expect(gateway.sockets.subscriptions.size).toBe(8);
  expect(gateway.sockets.subscriptions.keptLength).toBeGreaterThan(50_000);
  expect(gateway.sockets.subscriptions.keptLength).toBeLessThanOrEqual(100_000);
  await client.close();
  while (gateway.sockets.subscriptions.size > 0) await turn();
  expect(gateway.sockets.subscriptions.keptLength).toBe(0);
  await gateway.stop();
});
