import type { IncomingMessage } from 'node:http';
import { HttpError } from '../error-handler';

/** Refuses a request with more than one `Host` (RFC 9112, 3.2): whoever passed it on may have gone by another one. */
export function refuseSecondHost({ rawHeaders }: IncomingMessage): HttpError | null {
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
  }
  return hosts > 1 ? new HttpError(400, 'BAD_USER_INPUT', 'There are several Host headers: send one') : null;
}
