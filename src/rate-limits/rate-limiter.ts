import { LruMap } from '../lru-map';

const MINUTE_MS = 60_000;

/**
 * How often something may be done: a minute's share at once, and from then on as fast as it comes back.
 *
 * The generic cell rate algorithm keeps one number (when all that was taken will have come back), so nothing runs
 * when nobody asks.
 */
export class Allowance {
  #backAt = 0;

  /** Takes one turn, if there is one. @returns 0, or the whole seconds until there is one again. */
  take(perMinute: number): number {
    const now = performance.now();
    const cost = MINUTE_MS / perMinute;
    const backAt = Math.max(this.#backAt, now) + cost;
    const over = backAt - now - MINUTE_MS;
    if (over > cost / 1000) return Math.ceil(over / 1000); // a thousandth of a turn is rounding
    this.#backAt = backAt;
    return 0;
  }
}

/** An allowance for each key. The one used longest ago is forgotten when there are too many. */
export class RateLimiter {
  readonly #allowances: LruMap<string, Allowance>;

  /** @param capacity keys remembered at once. */
  constructor(capacity = 50_000) {
    this.#allowances = new LruMap(capacity);
  }

  /** Takes one turn of the key's, if it has one. @returns 0, or the whole seconds until it has one again. */
  take(key: string, perMinute: number): number {
    let allowance = this.#allowances.get(key);
    if (allowance === undefined) {
      allowance = new Allowance();
      this.#allowances.set(key, allowance);
    }
    return allowance.take(perMinute);
  }

  /** Keys remembered now. */
  get size(): number {
    return this.#allowances.size;
  }
}
