import type { JsonValue } from '../../../src/realtime/bus/bus';
import { MemoryBus } from '../../../src/realtime/bus/memory-bus';
import { describeBus } from '../bus-contract';

describeBus('the memory bus', async (onError) => new MemoryBus({ onError }));

it('drops the oldest messages rather than grow without bound', async () => {
  const bus = new MemoryBus({ onError: () => {}, capacity: 10 });
  const heard: JsonValue[] = [];
  const last = new Promise<void>((resolve) => {
    void bus.subscribe('t', (message) => {
      heard.push(message);
      if (message === 99) resolve();
    });
  });
  for (let i = 0; i < 100; i++) void bus.publish('t', i);
  await last;
  expect(heard).toEqual([90, 91, 92, 93, 94, 95, 96, 97, 98, 99]);
  await bus.close();
});
