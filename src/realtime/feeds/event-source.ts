import type { ClientError } from '../../errors';
import type { Feed } from './feed';

/** A feed that is kept open until `release`, which may be called more than once. */
export interface FeedLease<E> {
  readonly feed: Feed<E>;
  readonly release: () => void;
}

/** What ends one reader's subscription, and nobody else's. */
export interface EventLimit<E> {
  /** Whether the reader gets nothing after this event. Asked of events that happen while it is subscribed. */
  readonly isLast: (event: E) => boolean;
  /** Looks again once the feed is open, so that nothing happens unseen before. @throws ClientError. */
  readonly confirm: () => Promise<void>;
  /** What the reader is told after its last event. */
  readonly reason: ClientError;
}

export interface EventSourceOptions<E> {
  readonly topic: string;
  /** Resume after this event; without it only events from now on. */
  readonly after?: number | undefined;
  /**
   * What in the viewer the payload depends on: subscribers whose source has the same topic and rights
   * may share payloads. Without it, everything: organization, role and user.
   */
  readonly rights?: string | undefined;
  /** Begin with the last event before. */
  readonly last?: boolean | undefined;
  /** Without it, the subscription goes on as long as its socket. */
  readonly limit?: EventLimit<E> | undefined;
  readonly acquire: () => Promise<FeedLease<E>>;
}

/** Where a subscriber begins: it has everything up to `seq`. */
export interface OpenSource<E> extends FeedLease<E> {
  readonly seq: number;
}

/**
 * What a subscription field's `subscribe` resolver returns. `SharedSubscriptions` reads the feed behind
 * it, once for many subscribers; any other executor can iterate it.
 */
export class EventSource<E> implements AsyncIterable<E> {
  readonly topic: string;
  readonly rights: string | undefined;
  readonly limit: EventLimit<E> | undefined;
  readonly #after: number | undefined;
  readonly #last: boolean;
  readonly #acquire: () => Promise<FeedLease<E>>;

  constructor({ topic, after, rights, last = false, limit, acquire }: EventSourceOptions<E>) {
    this.topic = topic;
    this.rights = rights;
    this.limit = limit;
    this.#after = after;
    this.#last = last;
    this.#acquire = acquire;
  }

  /** @throws ClientError BAD_USER_INPUT when nobody can resume there. */
  async open(): Promise<OpenSource<E>> {
    const { feed, release } = await this.#acquire();
    try {
      if (this.#after !== undefined) await feed.assertResumable(this.#after);
      return { feed, release, seq: this.#after ?? Math.max(0, feed.seq - (this.#last ? 1 : 0)) };
    } catch (error) {
      release();
      throw error;
    }
  }

  [Symbol.asyncIterator](): AsyncIterator<E> {
    const stop = new AbortController();
    const events = this.#iterate(stop.signal);
    return {
      next: () => events.next(),
      return: () => {
        stop.abort();
        return events.return(undefined);
      },
    };
  }

  async *#iterate(stop: AbortSignal): AsyncGenerator<E, undefined> {
    const { feed, release, seq: start } = await this.open();
    try {
      let cursor = start;
      while (!stop.aborted) {
        if (cursor >= feed.seq) await advance(feed, stop);
        else {
          for (const { seq, event } of await feed.replay(cursor)) {
            cursor = seq;
            yield event;
          }
        }
      }
    } finally {
      release();
    }
  }
}

function advance(feed: Feed, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      forget();
      stop.removeEventListener('abort', done);
      resolve();
    };
    const forget = feed.onAdvance(done);
    stop.addEventListener('abort', done);
  });
}
