import type { EventLog, MembershipEvent } from '../../membership/log/event';
import type { Bus } from '../bus/bus';
import { assignmentTopic, cityTopic } from '../bus/topics';
import { CityFeed } from './city-feed';
import { type EventLimit, EventSource, type FeedLease } from './event-source';
import type { Feed } from './feed';
import { LiveFeed } from './live-feed';

export interface FeedsOptions {
  readonly bus: Bus;
  readonly log: EventLog;
  /** Failures that concern no single subscriber. */
  readonly onError: (error: unknown) => void;
  /**
   * How often a watched city's log is looked at for events whose announcement was lost, in milliseconds.
   * It costs one query a city, so it is for buses that can lose messages. Without it never: the bus
   * within a process loses nothing, and what it drops under overload shows as a gap at the next event.
   */
  readonly recheckMs?: number | undefined;
}

export interface CitySourceOptions {
  /** Resume after this event; without it only events from now on. */
  readonly after?: number | undefined;
  /** See `EventSource.rights`. */
  readonly rights?: string | undefined;
  /** What ends the subscription. */
  readonly limit?: EventLimit<MembershipEvent> | undefined;
}

interface Shared {
  readonly opening: Promise<Feed>;
  leases: number;
}

/** The feeds that somebody reads now: one a topic, opened by the first reader and closed by the last. */
export class Feeds {
  readonly #shared = new Map<string, Shared>();
  readonly #options: FeedsOptions;

  constructor(options: FeedsOptions) {
    this.#options = options;
  }

  /** Topics being read now. */
  get size(): number {
    return this.#shared.size;
  }

  /** A city's membership events, resumable. */
  citySource(
    organizationId: string,
    cityKey: string,
    { after, rights, limit }: CitySourceOptions = {},
  ): EventSource<MembershipEvent> {
    const topic = cityTopic(organizationId, cityKey);
    const open = () => CityFeed.open({ ...this.#options, organizationId, cityKey });
    return new EventSource({ topic, after, rights, limit, acquire: () => this.#acquire(topic, open) });
  }

  /** Whatever is published on the topic from now on. */
  liveSource<E>(topic: string, rights?: string): EventSource<E> {
    const open = () => LiveFeed.open<E>(this.#options.bus, topic);
    return new EventSource({ topic, rights, acquire: () => this.#acquire(topic, open) });
  }

  /** The present state of something, as `read` tells it, then whatever is published on its topic. */
  stateSource<E>(topic: string, read: () => Promise<E>, rights?: string): EventSource<E> {
    const open = () => LiveFeed.open<E>(this.#options.bus, topic, read);
    return new EventSource({ topic, rights, last: true, acquire: () => this.#acquire(topic, open) });
  }

  /** Lets go of what names a person whom the log has forgotten. */
  async forget(organizationId: string, userId: string): Promise<void> {
    const cities = cityTopic(organizationId, '');
    const own = assignmentTopic(organizationId, userId);
    for (const [topic, { opening }] of this.#shared) {
      if (!topic.startsWith(cities) && topic !== own) continue;
      const feed = await opening.catch(() => null); // told to everybody who waited for it
      feed?.forget(userId);
    }
  }

  async #acquire<E>(topic: string, open: () => Promise<Feed<E>>): Promise<FeedLease<E>> {
    let shared = this.#shared.get(topic);
    if (!shared) {
      shared = { opening: open(), leases: 0 };
      this.#shared.set(topic, shared);
    }
    shared.leases++;
    const release = this.#releaser(topic, shared);
    try {
      return { feed: (await shared.opening) as Feed<E>, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  #releaser(topic: string, shared: Shared): () => void {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      shared.leases--;
      if (shared.leases > 0) return;
      this.#shared.delete(topic);
      shared.opening.then(
        (feed) => feed.close().catch(this.#options.onError),
        () => {}, // told to everybody who waited for it
      );
    };
  }
}
