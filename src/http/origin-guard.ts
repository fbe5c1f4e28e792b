import type { Openness } from '../auth/openness';
import { ClientError } from '../errors';

/**
 * Judges a request by its `Host` and `Origin` headers: null, or the error (FORBIDDEN) to refuse it
 * with, because a page that this gateway does not know would be driving it.
 */
export type OriginGuard = (host: string | undefined, origin: string | undefined) => ClientError | null;

/** Where Apollo Sandbox runs when it is opened from Apollo Studio instead of from `GET /graphql`. */
const SANDBOX_ORIGIN = 'https://studio.apollographql.com';
const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;
const LOOPBACK_ORIGIN = /^https?:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;

/**
 * @param openness without a key, being on this machine is the only credential, and every page in the
 *   user's browser has it. So pages of other origins are refused, and host names that are not the
 *   loopback's too: a page can let its own name resolve to 127.0.0.1 (DNS rebinding). With a key no
 *   page can do anything without knowing it; whose pages may use which keys is `CrossOrigin`'s to say.
 */
export function createOriginGuard(openness: Openness): OriginGuard {
  return (host, origin) => {
    if (!openness.open) return null;
    if (host === undefined || !LOOPBACK_HOST.test(host)) {
      return new ClientError(
        'FORBIDDEN',
        `Without keys (ADMIN_API_KEY) the gateway answers to loopback names only (localhost, 127.0.0.1, [::1]), not to the host ${JSON.stringify(host ?? '')}`,
      );
    }
    if (origin !== undefined && origin !== SANDBOX_ORIGIN && !LOOPBACK_ORIGIN.test(origin)) {
      return new ClientError(
        'FORBIDDEN',
        `Without keys (ADMIN_API_KEY) the gateway serves pages from this machine only, not from the origin ${JSON.stringify(origin)}`,
      );
    }
    return null;
  };
}
