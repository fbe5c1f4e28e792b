/** So long without a failure ends an outage: a server short of connections refuses some and serves others. */
const QUIET_MS = 2_000;

/** Told once for each time that the database cannot be reached. */
export interface OutageLog {
  began(cause: unknown): void;
  /** @param seconds from the first failure to the first success after the last one. */
  ended(seconds: number): void;
}

/** Turns the failures and successes of single requests into outages. */
export class Outage {
  #since: number | null = null;
  #recoveredAt: number | null = null;

  constructor(private readonly log: OutageLog) {}

  failed(cause: unknown): void {
    this.#recoveredAt = null;
    if (this.#since !== null) return;
    this.#since = performance.now();
    this.log.began(cause);
  }

  succeeded(): void {
    if (this.#since === null) return;
    const now = performance.now();
    this.#recoveredAt ??= now;
    if (now - this.#recoveredAt < QUIET_MS) return;
    this.log.ended((this.#recoveredAt - this.#since) / 1_000);
    this.#since = null;
    this.#recoveredAt = null;
  }
}
