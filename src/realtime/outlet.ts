import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { CLOSE, closeReason } from './close-codes';

export interface OutletOptions {
  /** Bytes that may wait for a reader; with more waiting, the socket is closed with 4429. */
  readonly maxBufferedBytes: number;
  /** How long a resuming reader may take for what was sent before it counts as slow, in milliseconds. */
  readonly stallMs: number;
  /** How long the close handshake may take before the connection is destroyed, in milliseconds. */
  readonly closeMs: number;
  /** Called once for each socket that is closed because it didn't read. */
  readonly onSlow: () => void;
}

/** The writing side of one socket: never buffers without bound, never waits for who doesn't read. */
export class Outlet {
  #drain: Promise<boolean> | undefined;

  /** @param connection what lies under the WebSocket: its corking and draining aren't part of ws's own API. */
  constructor(
    private readonly socket: WebSocket,
    private readonly connection: Duplex,
    private readonly options: OutletOptions,
  ) {}

  get open(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  /**
   * Sends frames in one write.
   * @param after where a slow reader may resume; undefined when it can't.
   * @returns false when the socket is closed, or is closed now because too much waits already.
   */
  send(frames: readonly string[], after?: number): boolean {
    if (!this.#admits(after)) return false;
    // Corking turns many frames into one write, but costs a single one 2 µs of its 9.
    if (frames.length > 1) this.connection.cork();
    for (const frame of frames) this.socket.send(frame);
    if (frames.length > 1) this.connection.uncork();
    return true;
  }

  /** Answers a ping, under the same bound as everything else. */
  pong(data: Buffer): void {
    if (this.#admits()) this.socket.pong(data);
  }

  /**
   * Waits until the reader has taken what was sent.
   * @returns false when the socket closed meanwhile, or is closed now because its reader stalled.
   */
  async drained(after?: number): Promise<boolean> {
    while (this.open && this.connection.writableNeedDrain) {
      this.#drain ??= this.#nextDrain();
      if (!(await this.#drain)) this.#closeSlow(after);
    }
    return this.open;
  }

  /** Closes with a handshake, and without one when that takes too long. */
  close(code: number, reason: string): void {
    if (!this.open) return;
    this.socket.close(code, closeReason(reason));
    const destroy = setTimeout(() => this.socket.terminate(), this.options.closeMs);
    this.socket.once('close', () => clearTimeout(destroy));
  }

  #admits(after?: number): boolean {
    if (this.open && this.socket.bufferedAmount > this.options.maxBufferedBytes) this.#closeSlow(after);
    return this.open;
  }

  #closeSlow(after: number | undefined): void {
    if (!this.open) return;
    this.options.onSlow();
    const advice = after === undefined ? 'subscribe again' : `resume with after: ${after}`;
    this.close(CLOSE.tooMany, `Reading too slowly; ${advice}`);
  }

  /** True once everything has been written or the connection has closed, false when `stallMs` passed before. */
  #nextDrain(): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (drained: boolean) => {
        clearTimeout(stall);
        this.connection.off('drain', drain);
        this.connection.off('close', drain);
        this.#drain = undefined;
        resolve(drained);
      };
      const drain = () => settle(true);
      const stall = setTimeout(() => settle(false), this.options.stallMs);
      this.connection.on('drain', drain);
      this.connection.on('close', drain);
    });
  }
}
