import type { Outlet } from '../sockets/outlet';
import { lastingBuffer, textFrameLength, writeTextFrame } from './text-frame';

/** One event, executed and serialised: everything of the `next` message that subscribers share. */
export interface Payload {
  readonly seq: number;
  /** The result's JSON and the message's closing brace, in UTF-8. */
  readonly bytes: Buffer;
}

/** A payload as it was just executed. */
export interface Executed {
  readonly bytes: Buffer;
  /** False when it holds an error. */
  readonly cacheable: boolean;
}

/** One subscription on one socket, from the `subscribe` message until it ends, whoever ends it. */
export class Subscriber {
  readonly #outlet: Outlet;
  readonly #onFailure: (error: unknown) => void;
  /** The `next` message up to its payload. */
  readonly #head: Buffer;
  readonly #onStop: (() => void)[] = [];
  #seq = 0;
  #resumable = false;
  #stopped = false;
  #end: { readonly seq: number; readonly reason: unknown } | undefined;

  /** @param onFailure sends the `error` message that ends this subscription. */
  constructor(outlet: Outlet, id: string, onFailure: (error: unknown) => void) {
    this.#outlet = outlet;
    this.#onFailure = onFailure;
    this.#head = lastingBuffer(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
  }

  /** The number of the last event that was sent, or skipped because the subscriber had it before. */
  get seq(): number {
    return this.#seq;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  begin(seq: number, resumable: boolean): void {
    this.#seq = seq;
    this.#resumable = resumable;
  }

  /** Fails once the event of this number was sent; whatever comes after it is not for this subscriber. */
  endAfter(seq: number, reason: unknown): void {
    this.#end ??= { seq, reason };
    if (this.#seq >= this.#end.seq) this.fail(reason);
  }

  /** Sends those payloads, in order, that this subscriber hasn't got. @returns how many. */
  deliver(payloads: readonly Payload[]): number {
    const end = this.#end?.seq ?? Infinity;
    const due = payloads.filter(({ seq }) => seq > this.#seq && seq <= end);
    const last = payloads.at(-1);
    if (due.length === 0 || !last || !this.#outlet.write(this.#frames(due), this.#resumption)) return 0;
    this.#seq = last.seq;
    if (last.seq >= end) this.fail(this.#end?.reason);
    return due.length;
  }

  /**
   * The messages as one piece of bytes, framed here and written as it is: `ws` would encode each text anew, and write
   * header and text apart.
   */
  #frames(payloads: readonly Payload[]): Buffer {
    const head = this.#head;
    const length = payloads.reduce((sum, { bytes }) => sum + textFrameLength(head.length + bytes.length), 0);
    const frames = Buffer.allocUnsafe(length);
    let at = 0;
    for (const { bytes } of payloads) at = writeTextFrame(frames, at, head, bytes);
    return frames;
  }

  /** Waits until the reader has taken what was sent. @returns false when its socket closed. */
  drained(): Promise<boolean> {
    return this.#outlet.drained(this.#resumption);
  }

  fail(error: unknown): void {
    if (this.#stopped) return;
    this.stop();
    this.#onFailure(error);
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const release of this.#onStop) release();
  }

  /** Releases something when the subscription ends; at once when it has ended. */
  onStop(release: () => void): void {
    if (this.#stopped) release();
    else this.#onStop.push(release);
  }

  get #resumption(): number | undefined {
    return this.#resumable ? this.#seq : undefined;
  }
}
