import type { Numbered } from './feed';

/** The last events of a feed, in memory, and who wants to know when there are more. */
export class RecentEvents<E> {
  readonly #capacity: number;
  readonly #listeners = new Set<() => void>();
  #events: Numbered<E>[] = [];
  #seq = 0;

  /** @param capacity events kept at least; up to twice as many for moments. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get seq(): number {
    return this.#seq;
  }

  push(event: E): void {
    this.#seq++;
    this.#events.push({ seq: this.#seq, event });
    if (this.#events.length > 2 * this.#capacity) this.#events = this.#events.slice(-this.#capacity);
  }

  /** Forgets everything: the next event is number `seq + 1`. */
  restartAfter(seq: number): void {
    this.#seq = seq;
    this.#events = [];
  }

  /** Puts others in the place of events. */
  replace(change: (event: E) => E): void {
    this.#events = this.#events.map(({ seq, event }) => ({ seq, event: change(event) }));
  }

  /** Up to `limit` events after `after`; undefined when they aren't all in memory any more. */
  after(after: number, limit: number): readonly Numbered<E>[] | undefined {
    const from = after - this.oldestAfter;
    return from < 0 ? undefined : this.#events.slice(from, from + limit);
  }

  /** The number before the oldest event in memory. */
  get oldestAfter(): number {
    return this.#seq - this.#events.length;
  }

  onAdvance(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  advanced(): void {
    for (const listener of this.#listeners) listener();
  }
}
