import type { Child } from './child';
import type { Measured } from './measured';

const ROUNDS = 3;

/** Something that does the work, and a way to make it do so for some seconds. */
export interface Contender {
  readonly name: string;
  /** Whose CPU and memory count. */
  readonly child: Child;
  readonly load: () => Promise<Measured>;
  /** Seconds of its CPU that go into each unit's cause instead of the unit: not counted. */
  readonly causeSeconds?: number;
}

/** One contender's round. CPU in µs a unit, memory in MB, the rest in ms. */
interface Round {
  readonly throughput: number;
  readonly p50: number;
  readonly p99: number;
  readonly CPU: number;
  readonly 'peak memory': number;
}

/** Rounds in turn, so that all meet the machine in the same moods; then the first one's ratios to the others. */
export async function compare(unit: string, contenders: readonly Contender[]): Promise<void> {
  for (const { load } of contenders) await load(); // warms up
  const rounds: Round[][] = contenders.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, contender] of contenders.entries()) rounds[i]?.push(await measure(unit, contender));
  }
  const [ours, ...others] = contenders;
  for (const [i, { name }] of others.entries()) {
    print(`  ${ours?.name} / ${name}: ${ratios(rounds[0] ?? [], rounds[i + 1] ?? [])}`);
  }
}

async function measure(unit: string, { name, child, load, causeSeconds = 0 }: Contender): Promise<Round> {
  const before = child.cpuSeconds();
  const { units, seconds, latency, failures } = await load();
  const cpu = ((child.cpuSeconds() - before) / units - causeSeconds) * 1e6;
  const peak = child.peakMegabytes();
  const { p50, p95, p99, max } = latency;
  print(
    `  ${name.padEnd(13)}${(units / seconds).toFixed(0).padStart(8)}/s, ` +
      `latency p50 ${p50.toFixed(1)} p95 ${p95.toFixed(1)} p99 ${p99.toFixed(1)} max ${max.toFixed(0)} ms, ` +
      `CPU ${cpu.toPrecision(3)} µs a ${unit}, peak memory ${peak.toFixed(0)} MB, ${failures} failures`,
  );
  return { throughput: units / seconds, p50, p99, CPU: cpu, 'peak memory': peak };
}

/** Medians over the rounds; throughput also from the worst to the best round. */
function ratios(ours: readonly Round[], theirs: readonly Round[]): string {
  const sorted = (figure: keyof Round) =>
    ours.map((round, i) => round[figure] / (theirs[i]?.[figure] ?? Number.NaN)).sort((a, b) => a - b);
  const median = (figure: keyof Round) =>
    `${figure} ${(sorted(figure)[ROUNDS >> 1] ?? Number.NaN).toFixed(2)} ×`;
  const throughputs = sorted('throughput').map((ratio) => ratio.toFixed(2));
  return [
    `${median('throughput')} (${throughputs.join(', ')})`,
    median('p50'),
    median('p99'),
    median('CPU'),
    median('peak memory'),
  ].join(', ');
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
