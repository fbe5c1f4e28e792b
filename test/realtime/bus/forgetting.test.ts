import { setImmediate as turn } from 'node:timers/promises';
import type { MembershipEvent } from '../../../src/membership/log/event';
import { Announcements } from '../../../src/realtime/bus/announcements';
import { announceForgotten, followForgetting } from '../../../src/realtime/bus/forgetting';
import { MemoryBus } from '../../../src/realtime/bus/memory-bus';
import { assignmentTopic } from '../../../src/realtime/bus/topics';
import { Feeds } from '../../../src/realtime/feeds/feeds';
import { KeptPayloads } from '../../../src/realtime/subscriptions/kept-payloads';
import { CITY, MemoryEventLog, ORGANIZATION } from '../memory-event-log';

const onError = (error: unknown) => {
  throw error;
};

describe('what is in memory when a person is forgotten', () => {
  it('is told to those who watch, and names nobody a few seconds later', async () => {
    const bus = new MemoryBus({ onError });
    const log = new MemoryEventLog();
    const feeds = new Feeds({ bus, log, onError });
    const announcements = new Announcements(bus, onError);
    const { feed, release } = await feeds.citySource(ORGANIZATION, CITY).open();
    const [event] = log.append(1);
    const { userId } = event as MembershipEvent;
    announcements.announce([event as MembershipEvent]);
    await turn();
    const names = () => feed.recent(0, 10)?.map((recent) => recent.event.userId);
    expect(names()).toEqual([userId]);

    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    const forget = jest.fn();
    const stop = await followForgetting({ bus, feeds, subscriptions: { forget }, onError });
    announceForgotten(announcements, ORGANIZATION, userId as string);
    await turn();
    expect(names()).toEqual([userId]);
    await jest.advanceTimersByTimeAsync(5_000);
    jest.useRealTimers();
    expect(names()).toEqual([null]);
    expect(forget).toHaveBeenCalledWith(userId);

    await stop();
    release();
    await bus.close();
  });

  it('keeps no assignment of the person, and all of others', async () => {
    const bus = new MemoryBus({ onError });
    const feeds = new Feeds({ bus, log: new MemoryEventLog(), onError });
    const [ann, ben] = await Promise.all(
      ['ann', 'ben'].map(async (userId) => {
        const topic = assignmentTopic(ORGANIZATION, userId);
        const open = await feeds.liveSource(topic).open();
        await bus.publish(topic, { userId });
        return open;
      }),
    );
    await turn();
    await feeds.forget(ORGANIZATION, 'ann');
    expect([await ann?.feed.replay(0), await ben?.feed.replay(0)]).toMatchObject([[], [{ seq: 1 }]]);
    ann?.release();
    ben?.release();
    await bus.close();
  });

  it('keeps no payload that names the person', async () => {
    const kept = new KeptPayloads(100_000);
    const shelf = kept.shelf<{ userId: string | null }>();
    const payload = Promise.resolve({ bytes: Buffer.from('x'), cacheable: true });
    for (const [seq, userId] of ['ann', 'ben', null].entries()) await shelf.keep(seq, { userId }, payload);
    kept.forget('ann');
    expect(shelf.get(0, { userId: 'ann' })).toBeUndefined();
    expect(await shelf.get(1, { userId: 'ben' })).toEqual({ seq: 1, bytes: Buffer.from('x') });
    expect(await shelf.get(2, { userId: null })).toEqual({ seq: 2, bytes: Buffer.from('x') });
  });
});
