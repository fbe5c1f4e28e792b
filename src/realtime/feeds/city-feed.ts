import { ClientError } from '../../errors';
import type { EventLog, LogPosition, MembershipEvent } from '../../membership/log/event';
import type { Bus, JsonValue } from '../bus/bus';
import { cityTopic } from '../bus/topics';
import type { Feed, Numbered } from './feed';
import { RecentEvents } from './recent-events';

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
  #recheckAgain = false;
  #recheckTimer: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #recheckRetry: NodeJS.Timeout | undefined;
  /** By key: unsubscribes. Empty once it is closed. */
  readonly #listening = new Map<string, Promise<() => Promise<void>>>();

  private constructor(options: CityFeedOptions) {
    this.#options = options;
  }

  /** Listens first and reads the log's position then, so that no event falls between. */
  static async open(options: CityFeedOptions): Promise<CityFeed> {
    const feed = new CityFeed(options);
    try {
      await feed.#listen(options.cityKey);
      feed.#recent.restartAfter((await feed.#position()).seq);
    } catch (error) {
      await feed.close();
      throw error;
    }
    feed.#opened = true;
    feed.#heardOf(feed.#announced);
    const { recheckMs } = options;
    if (recheckMs !== undefined) {
      const recheck = () => {
        // A log that answers slowly is not asked again meanwhile.
        if (!feed.#rechecking) void feed.#recheck();
      };
      feed.#recheckTimer = setInterval(recheck, recheckMs).unref();
    }
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

  async close(): Promise<void> {
    clearInterval(this.#recheckTimer);
    clearTimeout(this.#retry);
    clearTimeout(this.#recheckRetry);
    this.#opened = false;
    const listening = [...this.#listening.values()];
    this.#listening.clear();
    for (const unsubscribe of await Promise.all(listening)) await unsubscribe();
  }

  /** Hears what is announced under the key. */
  async #listen(key: string): Promise<void> {
    const topic = cityTopic(this.#options.organizationId, key);
    const listening = this.#options.bus.subscribe(topic, (message) => this.#receive(message));
    this.#listening.set(key, listening);
    try {
      await listening;
    } catch (error) {
      this.#listening.delete(key);
      throw error;
    }
  }

  /**
   * Where the log stands. The name that is watched may be one that the city was given later, even since: its events
   * are announced under its own key.
   */
  async #position(): Promise<LogPosition> {
    const { log, organizationId, cityKey } = this.#options;
    const position = await log.position(organizationId, cityKey);
    if (this.#listening.has(position.cityKey) || this.#listening.size === 0) return position;
    await this.#listen(position.cityKey);
    return log.position(organizationId, cityKey);
  }

  #receive(message: JsonValue): void {
    const events = message as unknown as readonly MembershipEvent[];
    if (events.length === 0) void this.#recheck();
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

  /** Whatever comes up while the log is asked is a reason to ask it once more. */
  async #recheck(): Promise<void> {
    this.#recheckAgain = true;
    if (this.#rechecking) return;
    this.#rechecking = true;
    try {
      while (this.#recheckAgain) {
        this.#recheckAgain = false;
        this.#heardOf((await this.#position()).seq);
      }
    } catch (error) {
      this.#options.onError(error);
      clearTimeout(this.#recheckRetry);
      if (this.#listening.size > 0) this.#recheckRetry = setTimeout(() => this.#recheck(), RETRY_MS).unref();
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
