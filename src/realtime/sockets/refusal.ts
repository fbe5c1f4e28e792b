import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { lingeringClose } from '../../lingering-close';

/** Why an upgrade isn't made. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  /** Of a 429: seconds. */
  readonly retryAfter?: number;
}

/** Answers an upgrade request with an HTTP error instead. */
export function refuse(connection: Socket, { status, message, retryAfter }: Refusal): void {
  const body = `${message}\n`;
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    ...(retryAfter === undefined ? [] : [`Retry-After: ${retryAfter}`]),
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ];
  connection.write(lines.join('\r\n'));
  lingeringClose(connection);
}
