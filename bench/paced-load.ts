import { latencyOf, type Measured } from './measured';
import { assignBody } from './requests';

export interface PacedOrder {
  readonly port: number;
  readonly perSecond: number;
  readonly authorization?: string;
  /** Null: until the next message. */
  readonly seconds: number | null;
}

let n = 0;
let stop = () => {};

process.on('message', (order: PacedOrder | 'stop') => {
  if (order === 'stop') stop();
  else void load(order).then((measured) => process.send?.(measured));
});

/**
 * Sends `assignCluster` at a steady rate, whatever comes back: so a wait in the gateway shows in every request
 * that falls into it, and not only in the ones under way.
 */
async function load({ port, perSecond, seconds, authorization }: PacedOrder): Promise<Measured> {
  const latencies: number[] = [];
  let failures = 0;
  const pending = new Set<Promise<void>>();
  const start = performance.now();
  let sent = 0;
  let running = true;
  stop = () => {
    running = false;
  };
  while (running && (seconds === null || performance.now() - start < seconds * 1000)) {
    const due = Math.floor(((performance.now() - start) / 1000) * perSecond);
    for (; sent < due; sent++) {
      const request = one().finally(() => pending.delete(request));
      pending.add(request);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(pending);
  const elapsed = (performance.now() - start) / 1000;
  return { units: latencies.length, seconds: elapsed, latency: latencyOf(latencies), failures };

  async function one(): Promise<void> {
    const asked = performance.now();
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
      body: assignBody(n++),
    });
    const text = await response.text();
    latencies.push(performance.now() - asked);
    if (!response.ok || text.startsWith('{"errors"')) failures += 1;
  }
}
