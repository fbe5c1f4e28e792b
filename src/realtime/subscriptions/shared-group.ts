import type { Feed, Numbered } from '../feeds/feed';
import type { PayloadShelf } from './kept-payloads';
import type { Executed, Payload, Subscriber } from './subscriber';
import type { Turns } from './turns';

/** Events executed before their payloads are sent; a reader gets them in one write. */
const BATCH = 64;
/** Characters of payload in a batch, at most one event more. */
const BATCH_LENGTH = 32 * 1024;
/** Frames sent between two looks at the clock: about 0.5 ms. */
const FRAMES_PER_LOOK = 64;

export interface GroupOptions<E> {
  readonly feed: Feed<E>;
  readonly turns: Turns;
  /** Where the group keeps its payloads; it is closed with the group. */
  readonly shelf: PayloadShelf<E>;
  /** The serialised result for one event; never rejects. `cacheable` is false when it holds an error. */
  readonly execute: (event: E) => Promise<Executed>;
  readonly onDelivered: (frames: number) => void;
}

/**
 * Subscribers that get the same payloads. Those who are up to date share one cursor on the feed; who
 * resumes reads the log at its own pace and joins them as soon as it lacks nothing before the cursor.
 * Numbers alone decide who gets what, so the seam has neither gap nor duplicate.
 */
export class SharedGroup<E> {
  readonly #options: GroupOptions<E>;
  readonly #members = new Set<Subscriber>();
  readonly #forgetFeed: () => void;
  /** Members have, or are just getting, everything up to here. */
  #cursor: number;
  #pumping = false;

  constructor(options: GroupOptions<E>) {
    this.#options = options;
    this.#cursor = options.feed.seq;
    this.#forgetFeed = options.feed.onAdvance(() => void this.#pump());
  }

  /** Serves a subscriber that has begun, until it stops. */
  async serve(subscriber: Subscriber): Promise<void> {
    try {
      while (!subscriber.stopped && subscriber.seq < this.#cursor) await this.#catchUp(subscriber);
    } catch (error) {
      subscriber.fail(error);
    }
    if (subscriber.stopped) return;
    this.#members.add(subscriber);
    subscriber.onStop(() => this.#members.delete(subscriber));
    void this.#pump();
  }

  close(): void {
    this.#forgetFeed();
    this.#options.shelf.close();
  }

  async #catchUp(subscriber: Subscriber): Promise<void> {
    const events = await this.#options.feed.replay(subscriber.seq);
    for (let sent = 0; sent < events.length; ) {
      const batch = await this.#execute(events.slice(sent, sent + BATCH));
      sent += batch.length;
      if (!(await subscriber.drained())) return subscriber.stop();
      if (subscriber.stopped) return;
      this.#options.onDelivered(subscriber.deliver(batch));
    }
  }

  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    const { feed } = this.#options;
    try {
      while (this.#members.size > 0 && this.#cursor < feed.seq) {
        const events = feed.recent(this.#cursor, BATCH) ?? (await feed.replay(this.#cursor));
        const batch = await this.#execute(events.slice(0, BATCH));
        this.#cursor = batch.at(-1)?.seq ?? this.#cursor;
        await this.#broadcast(batch);
      }
    } catch (error) {
      for (const member of this.#members) member.fail(error);
    } finally {
      this.#pumping = false;
      if (this.#members.size === 0) this.#cursor = feed.seq;
    }
  }

  /** Sends to every member, letting go of the event loop in between; the order within a socket holds. */
  async #broadcast(batch: readonly Payload[]): Promise<void> {
    const { turns, onDelivered } = this.#options;
    let frames = 0;
    for (const member of this.#members) {
      frames += member.deliver(batch);
      if (frames < FRAMES_PER_LOOK) continue;
      onDelivered(frames);
      frames = 0;
      while (turns.over()) await turns.next();
    }
    onDelivered(frames);
  }

  /** Payloads for the events, or for the first of them when they are large. */
  async #execute(events: readonly Numbered<E>[]): Promise<Payload[]> {
    const { turns } = this.#options;
    const batch: Payload[] = [];
    let length = 0;
    for (const event of events) {
      while (turns.over()) await turns.next();
      const payload = await this.#payload(event);
      batch.push(payload);
      length += payload.bytes.length;
      if (length >= BATCH_LENGTH) break;
    }
    return batch;
  }

  /** Executes an event once, as long as its payload is kept. */
  #payload({ seq, event }: Numbered<E>): Promise<Payload> {
    const { shelf, execute } = this.#options;
    return shelf.get(seq, event) ?? shelf.keep(seq, event, execute(event));
  }
}
