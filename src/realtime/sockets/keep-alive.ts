import type { WebSocket } from 'ws';
import type { Outlet } from './outlet';

/**
 * Bytes behind which a ping waits so long, at a slow reader, that its answer says nothing about the
 * peer's life: 15 seconds at 4 KiB/s. The system alone may hold several MiB for a reader.
 */
const MUCH_UNREAD = 64 * 1024;

export interface KeepAliveOptions {
  /** Between two pings; who hasn't answered one by the next is gone, in milliseconds. */
  readonly pingMs: number;
  /** How long who has much to read yet may take nothing, in milliseconds. */
  readonly stallMs: number;
}

/**
 * Pings, and drops the connection of who doesn't answer. While a ping stands behind much data, taking
 * the data is a sign of life too, and its reader may pause for `stallMs`.
 * @returns stops that.
 */
export function keepAlive(
  socket: WebSocket,
  outlet: Outlet,
  { pingMs, stallMs }: KeepAliveOptions,
): () => void {
  let alive = true;
  let awaitsPong = false;
  let silentMs = 0;
  /** What the peer had been sent before the last ping, and before the last one that it answered. */
  let sentAtPing = 0;
  let read = 0;
  let taken = 0;

  socket.on('pong', () => {
    alive = true;
    awaitsPong = false;
    read = sentAtPing;
  });
  socket.on('message', () => {
    alive = true;
  });
  const timer = setInterval(() => {
    if (!outlet.open) return;
    const muchUnread = outlet.sent - read > MUCH_UNREAD;
    if (muchUnread && outlet.taken > taken) alive = true;
    silentMs = alive ? 0 : silentMs + pingMs;
    if (silentMs >= (muchUnread ? stallMs : pingMs)) return outlet.drop();
    alive = false;
    if (!awaitsPong) {
      awaitsPong = true;
      sentAtPing = outlet.sent;
      socket.ping();
    }
    taken = outlet.taken;
  }, pingMs);
  return () => clearInterval(timer);
}
