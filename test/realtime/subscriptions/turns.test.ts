import { performance } from 'node:perf_hooks';
import { Turns } from '../../../src/realtime/subscriptions/turns';

it('lets others run while several loops are busy', async () => {
  const turns = new Turns();
  let others = 0;
  const other = setInterval(() => others++, 1);
  const busy = async () => {
    for (let step = 0; step < 100; step++) {
      while (turns.over()) await turns.next();
      const until = performance.now() + 0.5;
      while (performance.now() < until);
    }
  };
  await Promise.all([busy(), busy(), busy()]);
  clearInterval(other);
  expect(others).toBeGreaterThan(10);
});
