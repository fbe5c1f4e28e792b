import { Announcements } from '../../../src/realtime/bus/announcements';
import type { JsonValue } from '../../../src/realtime/bus/bus';
import { MemoryBus } from '../../../src/realtime/bus/memory-bus';
import { assignmentTopic, cityTopic } from '../../../src/realtime/bus/topics';
import { membershipEvent } from '../memory-event-log';

it('announces one message a city, its events in order', async () => {
  const bus = new MemoryBus({ onError: () => {} });
  const heard: JsonValue[][] = [[], []];
  const both = ['lisbon', 'porto'].map(
    (city, i) =>
      new Promise<void>((resolve) => {
        void bus.subscribe(cityTopic('nomads', city), (message) => {
          heard[i]?.push(message);
          resolve();
        });
      }),
  );
  const porto = membershipEvent(7, {
    cityKey: 'porto',
    kind: 'MOVED',
    previousRoom: { id: 'lobby', segmentNumber: null, memberCount: 0 },
  });
  new Announcements(bus, () => {}).announce([membershipEvent(2), porto, membershipEvent(1)]);
  await Promise.all(both);
  expect(heard).toEqual([[[membershipEvent(1), membershipEvent(2)]], [[porto]]]);
  await bus.close();
});

it('reports a failing bus, and does not fail itself', async () => {
  const bus = new MemoryBus({ onError: () => {} });
  await bus.close();
  const reported = new Promise((resolve) => new Announcements(bus, resolve).announce([membershipEvent(1)]));
  expect(await reported).toEqual(new Error('The bus is closed'));
});

it('gives no two organizations the same topic', () => {
  expect(cityTopic('a:b', 'c')).not.toBe(cityTopic('a', 'b:c'));
  expect(assignmentTopic('a:b', 'c')).not.toBe(assignmentTopic('a', 'b:c'));
});
