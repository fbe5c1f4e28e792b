import type { Socket } from 'node:net';

const LINGER_MS = 2_000;
const LINGER_BYTES = 1024 * 1024;

/**
 * Ends a connection whose client may still be sending. If it were closed at once, the kernel would reset it, and the
 * client might lose the answer (RFC 9112, 9.6). So the answer and the end are sent first; of what still comes a MiB is
 * dropped unread and the rest left in the kernel's buffers, and after two seconds the connection is destroyed.
 */
export function lingeringClose(socket: Socket): void {
  if (socket.destroyed) return;
  socket.removeAllListeners('data'); // the parser's: what comes is no request any more
  let left = LINGER_BYTES;
  socket.on('data', (chunk) => {
    left -= chunk.length;
    if (left < 0) socket.pause();
  });
  const deadline = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(deadline));
  socket.once('end', () => {
    if (socket.writableFinished) socket.destroy();
    else socket.once('finish', () => socket.destroy());
  });
  socket.end();
  socket.resume();
}
