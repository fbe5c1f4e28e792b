import type { Socket } from 'node:net';
import { lingeringClose } from '../../lingering-close';

/** What never became a request: its line or headers cannot be read, are too large or too slow. */
export function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
  const [status, message] = CONNECTION_ERRORS[error.code ?? ''] ?? [
    '400 Bad Request',
    'This is not HTTP/1.1',
  ];
  const body = JSON.stringify({ error: { code: 'BAD_USER_INPUT', message } });
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  socket.write(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  );
  lingeringClose(socket);
}

/** For a request that does not arrive in time. */
export function refuseSlowRequest(socket: Socket): void {
  refuseConnection(TOO_SLOW, socket);
}

const TOO_SLOW = Object.assign(new Error('The request took too long'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });

const CONNECTION_ERRORS: Readonly<Record<string, readonly [status: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'The headers are larger than 16384 bytes, the limit',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request took too long to arrive'],
};
