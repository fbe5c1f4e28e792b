import { ClientError } from '../errors';

/**
 * RATE_LIMITED, with when to try again: `retryAfter`, in whole seconds. Over HTTP it stands in a header, too.
 *
 * @param what was too much.
 */
export function rateLimited(what: string, retryAfter: number): ClientError {
  return new ClientError('RATE_LIMITED', `${what}: try again in ${retryAfter} s`, { retryAfter });
}
