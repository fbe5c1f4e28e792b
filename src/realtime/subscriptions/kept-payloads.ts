import { isDeepStrictEqual } from 'node:util';
import type { Executed, Payload } from './subscriber';

/** Bytes that an event and its bookkeeping count for, beside its payload's own. */
const OVERHEAD = 1_024;

interface Kept {
  readonly shelf: Map<number, Kept>;
  readonly seq: number;
  readonly event: unknown;
  readonly payload: Promise<Payload>;
  /** Bytes charged; 0 while the payload is executed. */
  length: number;
}

/**
 * Payloads kept for subscribers that resume while others are ahead of them. All groups share one
 * budget, so that neither many documents nor large payloads take more memory: past it, those used
 * least recently go, whosever they are.
 */
export class KeptPayloads {
  readonly #capacity: number;
  /** The least recently used first. */
  readonly #used = new Set<Kept>();
  #length = 0;

  /** @param capacity in bytes. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Bytes kept now. */
  get length(): number {
    return this.#length;
  }

  /** A place for one group's payloads. */
  shelf<E>(): PayloadShelf<E> {
    return new PayloadShelf(this);
  }

  /** Makes an entry the one used last. */
  use(kept: Kept): void {
    this.#used.delete(kept);
    this.#used.add(kept);
  }

  /** Charges an entry that is still kept for its payload, and makes room for it. */
  charge(kept: Kept, length: number): void {
    if (!this.#used.has(kept)) return;
    kept.length = length + OVERHEAD;
    this.#length += kept.length;
    for (const oldest of this.#used) {
      if (this.#length <= this.#capacity) break;
      this.drop(oldest);
    }
  }

  /** Drops the payloads of all events that name the person. */
  forget(userId: string): void {
    for (const kept of this.#used) if (names(kept.event, userId)) this.drop(kept);
  }

  drop(kept: Kept): void {
    if (!this.#used.delete(kept)) return;
    this.#length -= kept.length;
    if (kept.shelf.get(kept.seq) === kept) kept.shelf.delete(kept.seq);
  }
}

function names(event: unknown, userId: string): boolean {
  return (event as { readonly userId?: unknown } | null)?.userId === userId;
}

/** The payloads of one group, by their events' numbers. */
export class PayloadShelf<E> {
  readonly #all: KeptPayloads;
  readonly #entries = new Map<number, Kept>();
  #closed = false;

  constructor(all: KeptPayloads) {
    this.#all = all;
  }

  /** Undefined also when the event was another: a forgotten person's name must not return. */
  get(seq: number, event: E): Promise<Payload> | undefined {
    const kept = this.#entries.get(seq);
    if (!kept || !isDeepStrictEqual(kept.event, event)) return undefined;
    this.#all.use(kept);
    return kept.payload;
  }

  /** @param execution says whether its payload is `cacheable`; it never rejects. */
  keep(seq: number, event: E, execution: Promise<Executed>): Promise<Payload> {
    const payload = execution.then(({ bytes, cacheable }) => {
      if (cacheable) this.#all.charge(kept, bytes.length);
      else this.#all.drop(kept);
      return { seq, bytes };
    });
    const kept: Kept = { shelf: this.#entries, seq, event, payload, length: 0 };
    if (this.#closed) return payload;
    const former = this.#entries.get(seq);
    if (former) this.#all.drop(former);
    this.#entries.set(seq, kept);
    this.#all.use(kept);
    return payload;
  }

  /** Frees everything, and keeps nothing more. */
  close(): void {
    this.#closed = true;
    for (const kept of this.#entries.values()) this.#all.drop(kept);
  }
}
