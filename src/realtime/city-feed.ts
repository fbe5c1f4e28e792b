import { ClientError } from '../errors';
import type { EventLog, MembershipEvent } from '../membership/event';
import type { Bus, JsonValue } from './bus';
import type { Feed, Numbered } from './feed';
import { RecentEvents } from './recent-events';
import { cityTopic } from './topics';

/** Events read from the log at once. */
const PAGE = 500;
/** Events kept in memory for groups that are a little behind. */
const RECENT = 2_000;
/** From a failure to read the log to the next try, in milliseconds. */
const RETRY_MS = 1_000;

export interface CityFeedOptions {
  readonly bus: Bus;
  readonly log: EventLog;
  readonly organizationId: string;
  readonly cityKey: string;
  /** How often to look into the log for events whose announcement was lost, in milliseconds; undefined: never. */
  readonly recheckMs?: number | undefined;
  /** Failures to read the log ahead of anybody's request; the feed tries again later. */
  readonly onError: (error: unknown) => void;
}

/**
 * The membership events of one city, from announcements where they come in order and from the log
 * where they don't. An announcement only says how far the log has come: whatever is missing before it
 * is read, whatever was seen already is dropped.
 */
export class CityFeed implements Feed<MembershipEvent> {
  readonly resumable = true;
  readonly #options: CityFeedOptions;
  readonly #recent = new RecentEvents<MembershipEvent>(RECENT);
  readonly #pages = new Map<number, Promise<MembershipEvent[]>>();
  /** The highest number heard of; the log holds everything up to it. */
  #announced = 0;
  #opened = false;
  #filling = false;
  #rechecking = false;
  #retry: NodeJS.Timeout | undefined;
  #close: () => Promise<void> = async () => {};

  private constructor(options: CityFeedOptions) {
    this.#options = options;
  }

  /** Listens first and reads the log's position then, so that no event falls between. */
  static async open(options: CityFeedOptions): Promise<CityFeed> {
    const { bus, log, organizationId, cityKey, recheckMs } = options;
    const feed = new CityFeed(options);
    const unsubscribe = await bus.subscribe(cityTopic(organizationId, cityKey), (message) =>
      feed.#receive(message),
    );
    try {
      feed.#recent.restartAfter((await log.position(organizationId, cityKey)).seq);
    } catch (error) {
      await unsubscribe();
      throw error;
    }
    feed.#opened = true;
    feed.#heardOf(feed.#announced);
    const recheck =
      recheckMs === undefined ? undefined : setInterval(() => feed.#recheck(), recheckMs).unref();
    feed.#close = async () => {
      clearInterval(recheck);
      clearTimeout(feed.#retry);
      feed.#opened = false;
      await unsubscribe();
    };
    return feed;
  }

  get seq(): number {
    return this.#recent.seq;
  }

  recent(after: number, limit: number): readonly Numbered<MembershipEvent>[] | undefined {
    return this.#recent.after(after, limit);
  }

  async replay(after: number): Promise<readonly Numbered<MembershipEvent>[]> {
    const isLater = (event: MembershipEvent) => event.seq > after;
    let events = (await this.#sharedPage(after)).filter(isLater);
    // The page may have been asked for by somebody else, before the next event was committed.
    if (events.length === 0) events = await this.#read(after);
    if (events[0]?.seq !== after + 1) throw await this.#expired(after);
    return events.map((event) => ({ seq: event.seq, event }));
  }

  async assertResumable(after: number): Promise<void> {
    if (after < 0) throw new ClientError('BAD_USER_INPUT', `"after" is ${after}; it must be 0 or more.`);
    if (after <= this.seq) return;
    const { log, organizationId, cityKey } = this.#options;
    const { seq } = await log.position(organizationId, cityKey);
    this.#heardOf(seq);
    if (after > seq) {
      throw new ClientError(
        'BAD_USER_INPUT',
        `"after" is ${after}, but the city's last event is ${seq}; use the seq that the city was listed with.`,
      );
    }
  }

  onAdvance(listener: () => void): () => void {
    return this.#recent.onAdvance(listener);
  }

  /** As the log does. */
  forget(userId: string): void {
    this.#recent.replace((event) => (event.userId === userId ? { ...event, userId: null } : event));
  }

  close(): Promise<void> {
    return this.#close();
  }

  #receive(message: JsonValue): void {
    const events = message as unknown as readonly MembershipEvent[];
    if (this.#opened) this.#accept(events);
    this.#heardOf(events.at(-1)?.seq ?? 0);
  }

  /** Takes those events that come next; drops the others. */
  #accept(events: readonly MembershipEvent[]): void {
    const before = this.seq;
    for (const event of events) if (event.seq === this.seq + 1) this.#recent.push(event);
    if (this.seq > before) this.#recent.advanced();
  }

  #heardOf(seq: number): void {
    this.#announced = Math.max(this.#announced, seq);
    if (this.#opened && !this.#filling && this.seq < this.#announced) void this.#fill();
  }

  async #fill(): Promise<void> {
    this.#filling = true;
    try {
      while (this.#opened && this.seq < this.#announced) {
        const before = this.seq;
        const events = await this.#read(before);
        const [first] = events;
        // The log was cut beyond this feed: its readers learn EVENTS_EXPIRED from `replay`.
        if (first && first.seq > this.seq + 1) this.#recent.restartAfter(first.seq - 1);
        this.#accept(events);
        // Not in the log yet: the next announcement or recheck asks again.
        if (this.seq === before) break;
      }
    } catch (error) {
      this.#options.onError(error);
      clearTimeout(this.#retry);
      if (this.#opened) this.#retry = setTimeout(() => this.#heardOf(this.#announced), RETRY_MS).unref();
    } finally {
      this.#filling = false;
    }
  }

  async #recheck(): Promise<void> {
    // A log that answers slowly is not asked again meanwhile.
    if (this.#rechecking) return;
    this.#rechecking = true;
    const { log, organizationId, cityKey, onError } = this.#options;
    try {
      this.#heardOf((await log.position(organizationId, cityKey)).seq);
    } catch (error) {
      onError(error);
    } finally {
      this.#rechecking = false;
    }
  }

  /**
   * The page in which the events after `after` begin. Pages start at multiples of `PAGE`, so that a
   * crowd that reconnects at about the same place shares one read.
   */
  #sharedPage(after: number): Promise<MembershipEvent[]> {
    const start = after - (after % PAGE);
    const running = this.#pages.get(start);
    if (running) return running;
    const page = this.#read(start).finally(() => this.#pages.delete(start));
    this.#pages.set(start, page);
    return page;
  }

  #read(after: number): Promise<MembershipEvent[]> {
    const { log, organizationId, cityKey } = this.#options;
    return log.read(organizationId, cityKey, after, PAGE);
  }

  async #expired(after: number): Promise<ClientError> {
    const { log, organizationId, cityKey } = this.#options;
    const { oldestSeq } = await log.position(organizationId, cityKey);
    return new ClientError(
      'EVENTS_EXPIRED',
      `Events after ${after} are no longer kept, the oldest is ${oldestSeq}: list the city again and subscribe with its seq.`,
      { oldestSeq },
    );
  }
}
