import { setImmediate as turn } from 'node:timers/promises';
import { FairQueue } from '../../../src/graphql/documents/fair-queue';

describe('turns of work', () => {
  it('lets small work begin at once, and the rest in later turns of the event loop', async () => {
    const turns = new FairQueue();
    const began: number[] = [];
    for (let n = 0; n < 10; n++) void Promise.resolve(turns.take('a', 700)).then(() => began.push(n));
    await Promise.resolve();
    await Promise.resolve();
    expect(began).toEqual([0, 1]);
    await turn();
    expect(began).toEqual([0, 1, 2, 3]);
    for (let n = 0; n < 3; n++) await turn();
    expect(began).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await turn();
    expect(turns.take('a', 2_000)).toBeUndefined();
  });

  it('lets clients take turns, however much one of them wants', async () => {
    const turns = new FairQueue();
    const began: string[] = [];
    const want = (client: string) =>
      void Promise.resolve(turns.take(client, 5_000)).then(() => began.push(client));
    for (let n = 0; n < 300; n++) want('a');
    want('b');
    want('c');
    want('b');
    for (let n = 0; n < 6; n++) await turn();
    expect(began).toEqual(['a', 'a', 'b', 'c', 'a', 'b', 'a']);
    for (let n = 0; n < 300; n++) await turn();
    expect(began).toHaveLength(303);
  });
});
