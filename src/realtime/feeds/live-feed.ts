import type { Bus } from '../bus/bus';
import type { Feed, Numbered } from './feed';
import { RecentEvents } from './recent-events';

const CAPACITY = 1_000;

/**
 * A topic without a record: its events are numbered as they arrive here, and who falls more than
 * `CAPACITY` events behind skips what memory no longer holds.
 */
export class LiveFeed<E> implements Feed<E> {
  readonly resumable = false;
  readonly #recent = new RecentEvents<E>(CAPACITY);
  #unsubscribe: () => Promise<void> = async () => {};

  private constructor() {}

  /** @param first its first event, unless another arrives while that is read. */
  static async open<E>(bus: Bus, topic: string, first?: () => Promise<E>): Promise<LiveFeed<E>> {
    const feed = new LiveFeed<E>();
    feed.#unsubscribe = await bus.subscribe(topic, (message) => {
      feed.#recent.push(message as E);
      feed.#recent.advanced();
    });
    if (first !== undefined) await feed.#begin(first);
    return feed;
  }

  get seq(): number {
    return this.#recent.seq;
  }

  recent(after: number, limit: number): readonly Numbered<E>[] | undefined {
    return this.#recent.after(after, limit);
  }

  async replay(after: number): Promise<readonly Numbered<E>[]> {
    return this.#recent.after(Math.max(after, this.#recent.oldestAfter), CAPACITY) ?? [];
  }

  async assertResumable(): Promise<void> {}

  onAdvance(listener: () => void): () => void {
    return this.#recent.onAdvance(listener);
  }

  /** Without a record, nobody can ask for its events again: so all of them go. */
  forget(): void {
    this.#recent.restartAfter(this.#recent.seq);
  }

  close(): Promise<void> {
    return this.#unsubscribe();
  }

  async #begin(first: () => Promise<E>): Promise<void> {
    try {
      const event = await first();
      if (this.seq === 0) this.#recent.push(event);
    } catch (error) {
      await this.close();
      throw error;
    }
  }
}
