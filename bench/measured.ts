/** What a stretch of load showed, seen from the one who caused it. */
export interface Measured {
  /** Requests, rows or deliveries. */
  readonly units: number;
  readonly seconds: number;
  readonly latency: Latency;
  /** Requests that were not answered well. */
  readonly failures: number;
}

/** Milliseconds. */
export interface Latency {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export function latencyOf(times: readonly number[]): Latency {
  const sorted = Float64Array.from(times).sort();
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}
