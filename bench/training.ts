import { Child } from './child';
import { print } from './compare';
import type { Method, Trained } from './training/train';

const ROUNDS = 3;

/** Training segments on made-up people, against scikit-learn's method; then many more people in bounded memory. */
export async function measureTraining(): Promise<void> {
  print('\nTraining 4 segments on 1,000,000 people with 26 interests');
  const theirs = await measure('coordinate-descent', 1_000_000, 1);
  const ours = await measure('tertulia', 1_000_000, ROUNDS);
  const streamed = await measure('streamed', 1_000_000, 1);
  for (const { reconstructionError } of [ours, streamed]) {
    if (reconstructionError <= theirs.reconstructionError) continue;
    throw new Error(`The error is larger: ${reconstructionError} > ${theirs.reconstructionError}`);
  }
  print(
    `  tertulia / coordinate descent: time ${(ours.seconds / theirs.seconds).toFixed(2)} ×, ` +
      `peak memory ${(ours.peak / theirs.peak).toFixed(2)} ×, ` +
      `error ${(ours.reconstructionError / theirs.reconstructionError - 1).toExponential(1)}`,
  );
  print('Training 4 segments on 10,000,000 people');
  await measure('tertulia', 10_000_000, 1);
}

/** @returns the round of median time, and the peak memory of the process in MB, the people's own bits included. */
async function measure(method: Method, rows: number, rounds: number): Promise<Trained & { peak: number }> {
  const child = new Child([require.resolve('./training/train'), method, String(rows)]);
  const trained: Trained[] = [];
  for (let round = 0; round < rounds; round++) trained.push(await child.ask<Trained>({}));
  trained.sort((a, b) => a.seconds - b.seconds);
  const peak = child.peakMegabytes();
  await child.stop();
  const median = trained[rounds >> 1] as Trained;
  const times = trained.map(({ seconds }) => seconds.toFixed(2)).join(', ');
  print(
    `  ${method.padEnd(19)}${times} s, error ${median.reconstructionError.toFixed(4)}, ` +
      `${median.iterations} sweeps, peak memory ${peak.toFixed(0)} MB`,
  );
  return { ...median, peak };
}

if (require.main === module) void measureTraining();
