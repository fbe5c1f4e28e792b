import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { CLOSE, closeReason } from './close-codes';

export interface OutletOptions {
  /** Bytes that may wait for a reader; with more waiting, the socket is closed with 4429. */
  readonly maxBufferedBytes: number;
  /** How long a reader for whom something waits may take nothing before it counts as slow, in milliseconds. */
  readonly stallMs: number;
  /** How long the close handshake may take before the connection is destroyed, in milliseconds. */
  readonly closeMs: number;
  /** Called once for each socket that is closed because it didn't read. */
  readonly onSlow: () => void;
}

/** The writing side of one socket: never buffers without bound, never waits for who doesn't read. */
export class Outlet {
  readonly #socket: WebSocket;
  readonly #connection: Socket;
  readonly #options: OutletOptions;
  #drain: Promise<boolean> | undefined;

  /** @param connection what lies under the WebSocket: its draining isn't part of ws's own API, nor are frames that are made elsewhere. */
  constructor(socket: WebSocket, connection: Socket, options: OutletOptions) {
    this.#socket = socket;
    this.#connection = connection;
    this.#options = options;
  }

  get open(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  /** Bytes sent so far, those that still wait here too. */
  get sent(): number {
    return this.#connection.bytesWritten;
  }

  /** Bytes that the system took so far, which holds some MiB for its reader; it grows write by write. */
  get taken(): number {
    return this.#connection.bytesWritten - this.#connection.writableLength;
  }

  /** Sends a message. @returns false when the socket is closed, or is closed now because too much waits already. */
  send(text: string): boolean {
    if (!this.#admits()) return false;
    this.#socket.send(text);
    return true;
  }

  /**
   * Writes whole frames as they are.
   * @param after where a slow reader may resume; undefined when it can't.
   * @returns as `send`.
   */
  write(frames: Buffer, after?: number): boolean {
    if (!this.#admits(after)) return false;
    this.#connection.write(frames);
    return true;
  }

  /** Answers a ping, under the same bound as everything else. */
  pong(data: Buffer): void {
    if (this.#admits()) this.#socket.pong(data);
  }

  /**
   * Waits until the reader has taken what was sent.
   * @returns false when the socket closed meanwhile, or is closed now because its reader stalled.
   */
  async drained(after?: number): Promise<boolean> {
    while (this.open && this.#connection.writableNeedDrain) {
      this.#drain ??= this.#nextDrain();
      if (!(await this.#drain)) this.#closeSlow(after);
    }
    return this.open;
  }

  /** Gives up a peer that gives no sign of life: a slow reader when something waits for it, else one that is gone. */
  drop(): void {
    if (this.#connection.writableLength > 0) this.#closeSlow(undefined);
    else this.#socket.terminate();
  }

  /** Closes with a handshake, and without one when that takes too long. */
  close(code: number, reason: string): void {
    if (!this.open) return;
    this.#socket.close(code, closeReason(reason));
    const destroy = setTimeout(() => this.#socket.terminate(), this.#options.closeMs);
    this.#socket.once('close', () => clearTimeout(destroy));
  }

  #admits(after?: number): boolean {
    if (this.open && this.#socket.bufferedAmount > this.#options.maxBufferedBytes) this.#closeSlow(after);
    return this.open;
  }

  #closeSlow(after: number | undefined): void {
    if (!this.open) return;
    this.#options.onSlow();
    const advice = after === undefined ? 'subscribe again' : `resume with after: ${after}`;
    this.close(CLOSE.tooMany, `Reading too slowly; ${advice}`);
  }

  /** True once everything has been taken or the connection has closed, false when nothing was for `stallMs`. */
  #nextDrain(): Promise<boolean> {
    return new Promise((resolve) => {
      let taken = this.taken;
      const settle = (drained: boolean) => {
        clearInterval(stall);
        this.#connection.off('drain', drain);
        this.#connection.off('close', drain);
        this.#drain = undefined;
        resolve(drained);
      };
      const drain = () => settle(true);
      const stall = setInterval(() => {
        if (this.taken === taken) settle(false);
        taken = this.taken;
      }, this.#options.stallMs);
      this.#connection.on('drain', drain);
      this.#connection.on('close', drain);
    });
  }
}
