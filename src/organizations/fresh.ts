import { LruMap } from '../lru-map';

const MOST_KEPT = 10_000;

/**
 * Answers that are read once and good for a while: what every request asks for, and the database need not be asked
 * for each time. Between several gateways they can be as old as that.
 */
export class Fresh<V> {
  readonly #known = new LruMap<string, { readonly value: Promise<V>; readonly until: number }>(MOST_KEPT);

  /** @param freshMs how long an answer is good for. */
  constructor(
    private readonly read: (key: string) => Promise<V>,
    private readonly freshMs: number,
  ) {}

  /** Those who ask while it is read share the reading; a failure is told to them and not kept. */
  get(key: string): Promise<V> {
    const now = performance.now();
    const known = this.#known.get(key);
    if (known !== undefined && now < known.until) return known.value;
    const value = this.read(key);
    const entry = { value, until: now + this.freshMs };
    this.#known.set(key, entry);
    value.catch(() => {
      if (this.#known.get(key) === entry) this.#known.delete(key);
    });
    return value;
  }

  /** What is at hand, however old; undefined: nothing. */
  peek(key: string): Promise<V> | undefined {
    return this.#known.get(key)?.value;
  }

  /** Reads it again when it is next asked for. */
  forget(key: string): void {
    this.#known.delete(key);
  }
}
