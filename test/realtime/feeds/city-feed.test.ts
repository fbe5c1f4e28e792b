import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import type { MembershipEvent } from '../../../src/membership/log/event';
import { Announcements } from '../../../src/realtime/bus/announcements';
import { MemoryBus } from '../../../src/realtime/bus/memory-bus';
import type { EventSource } from '../../../src/realtime/feeds/event-source';
import { Feeds } from '../../../src/realtime/feeds/feeds';
import { CITY, MemoryEventLog, membershipEvent, ORGANIZATION } from '../memory-event-log';

describe('a city feed', () => {
  let errors: unknown[];
  let bus: MemoryBus;
  let log: MemoryEventLog;
  let feeds: Feeds;
  let announcements: Announcements;

  beforeEach(() => {
    errors = [];
    const onError = (error: unknown) => void errors.push(error);
    bus = new MemoryBus({ onError });
    log = new MemoryEventLog();
    feeds = new Feeds({ bus, log, onError, recheckMs: 20 });
    announcements = new Announcements(bus, onError);
  });

  afterEach(async () => {
    expect(feeds.size).toBe(0);
    await bus.close();
  });

  function watch(after?: number): EventSource<MembershipEvent> {
    return feeds.citySource(ORGANIZATION, CITY, { after });
  }

  it('gives each subscriber exactly the log, however announcements are shuffled, repeated or lost', async () => {
    const announcement = fc.record({
      size: fc.integer({ min: 1, max: 4 }),
      copies: fc.integer({ min: 0, max: 2 }),
      delay: fc.integer({ min: 0, max: 5 }),
      turns: fc.integer({ min: 0, max: 2 }),
    });
    const property = fc.asyncProperty(
      fc.array(announcement, { minLength: 1, maxLength: 30 }),
      fc.array(fc.record({ at: fc.nat(29), after: fc.nat(40) }), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 0, max: 1_100 }),
      async (commits, subscribers, history) => {
        log.events = [];
        log.append(history);
        const last = history + commits.reduce((sum, { size }) => sum + size, 0);
        const subscriptions: Promise<void>[] = [];
        let late: { due: number; events: MembershipEvent[] }[] = [];
        for (const [i, { size, copies, delay, turns }] of commits.entries()) {
          for (const { at, after } of subscribers.filter(({ at }) => at % commits.length === i)) {
            const start = Math.max(0, (log.events.at(-1)?.seq ?? 0) - after * at);
            subscriptions.push(expectExactly(watch(start), start, last));
          }
          const events = log.append(size);
          for (let copy = 0; copy < copies; copy++) late.push({ due: i + delay * copy, events });
          for (const { events } of late.filter(({ due }) => due <= i)) announcements.announce(events);
          late = late.filter(({ due }) => due > i);
          for (let t = 0; t < turns; t++) await turn();
        }
        for (const { events } of late) announcements.announce(events);
        await Promise.all(subscriptions);
      },
    );
    await fc.assert(property, { numRuns: 60 });
    expect(errors).toEqual([]);
  });

  it.each([0, 1, 2, 3])(
    'of a name that a city takes later begins with its first event (%d turns later)',
    async (turns) => {
      const quiet = new Feeds({ bus, log, onError: (error) => void errors.push(error) });
      log.append(700);
      const received: number[] = [];
      const watching = (async () => {
        for await (const { seq } of quiet.citySource(ORGANIZATION, 'olisipo', { after: 0 })) {
          received.push(seq);
          if (seq === 703) break;
        }
      })();
      for (let passed = 0; passed < turns; passed++) await turn();
      log.names.add('olisipo');
      announcements.announceName(ORGANIZATION, 'olisipo');
      while (received.length < 700) await turn();
      announcements.announce(log.append(3));
      await watching;
      expect(received).toEqual(Array.from({ length: 703 }, (_, i) => i + 1));
      expect(errors).toEqual([]);
    },
  );

  it('finds events whose announcement was lost, without another one', async () => {
    const received = expectExactly(watch(0), 0, 3);
    while (feeds.size === 0) await turn();
    log.append(3);
    await received;
  });

  it('does not ask a log again that has not answered yet', async () => {
    const received = expectExactly(watch(0), 0, 1);
    while (feeds.size === 0 || log.positions === 0) await turn();
    const { position } = log;
    let asked = 0;
    let letGo = () => {};
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    log.position = async (...city) => {
      asked++;
      await gate;
      return position.apply(log, city);
    };
    await wait(150); // seven rechecks are due
    expect(asked).toBe(1);
    log.append();
    letGo();
    await received;
  });

  it('never rechecks unless told to, and tries again by itself when the log could not be read', async () => {
    const quiet = new Feeds({ bus, log, onError: (error) => errors.push(error) });
    const received = expectExactly(quiet.citySource(ORGANIZATION, CITY, { after: 0 }), 0, 3);
    while (log.positions === 0) await turn();
    for (let i = 0; i < 5; i++) await turn();
    const { read } = log;
    log.read = async () => {
      throw new Error('The database is away');
    };
    announcements.announce(log.append(3).slice(2));
    while (errors.length === 0) await turn();
    log.read = read;
    const { positions } = log;
    await received;
    expect(log.positions).toBe(positions);
    expect(quiet.size).toBe(0);
  });

  it('misses nothing that is committed while it opens', async () => {
    const patient = new Feeds({ bus, log, onError: (error) => errors.push(error) });
    const { position } = log;
    log.position = async (...city) => {
      const before = await position.apply(log, city);
      const committed = log.append();
      announcements.announce(committed);
      await turn();
      await turn();
      return before;
    };
    const events = patient.citySource(ORGANIZATION, CITY)[Symbol.asyncIterator]();
    expect((await events.next()).value).toEqual(membershipEvent(1));
    await events.return?.();
    expect(patient.size).toBe(0);
  });

  it('does not take a shared page that was read too early for the whole log', async () => {
    log.append(5);
    const [early, late] = [watch(0)[Symbol.asyncIterator](), watch(5)[Symbol.asyncIterator]()];
    const { read } = log;
    let letGo = () => {};
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    log.read = async (...page) => {
      const events = await read.apply(log, page);
      if (log.reads === 1) await gate;
      return events;
    };
    const first = early.next();
    while (log.reads === 0) await turn();
    const sixth = late.next();
    announcements.announce(log.append());
    for (let i = 0; i < 10; i++) await turn();
    letGo();
    expect((await first).value).toEqual(membershipEvent(1));
    expect((await sixth).value).toEqual(membershipEvent(6));
    await Promise.all([early.return?.(), late.return?.()]);
  });

  it('outlives a log that cannot be read for a while', async () => {
    const received = expectExactly(watch(0), 0, 3);
    while (log.reads === 0 && feeds.size === 0) await turn();
    for (let i = 0; i < 5; i++) await turn();
    const { read, position } = log;
    log.read = log.position = async () => {
      throw new Error('The database is away');
    };
    announcements.announce([membershipEvent(3)]);
    while (errors.length === 0) await turn();
    Object.assign(log, { read, position });
    log.append(3);
    await received;
    expect(errors).toContainEqual(new Error('The database is away'));
  });

  it('tells who was overtaken by the end of the log', async () => {
    log.append(1_000);
    const events = watch(0)[Symbol.asyncIterator]();
    for (let i = 0; i < 500; i++) await events.next();
    log.retain(100);
    await expect(events.next()).rejects.toMatchObject({
      extensions: { code: 'EVENTS_EXPIRED', oldestSeq: 901 },
    });
  });

  it('is not opened when the log cannot be read', async () => {
    log.position = async () => {
      throw new Error('The database is away');
    };
    await expect(watch().open()).rejects.toThrow('The database is away');
  });

  it('lets go of the feed when its reader leaves while nothing happens', async () => {
    const events = watch()[Symbol.asyncIterator]();
    const next = events.next();
    while (feeds.size === 0) await turn();
    await events.return?.();
    expect(await next).toEqual({ done: true, value: undefined });
  });
});

/** Reads a source to the event `last` and compares it with the log from `start`. */
async function expectExactly(source: EventSource<MembershipEvent>, start: number, last: number) {
  const seqs: number[] = [];
  if (start < last) {
    for await (const { seq } of source) {
      seqs.push(seq);
      if (seq >= last) break;
    }
  }
  expect(seqs).toEqual(Array.from({ length: last - start }, (_, i) => start + 1 + i));
}
