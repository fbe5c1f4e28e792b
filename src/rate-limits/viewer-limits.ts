import type { Viewer } from '../viewer';
import { rateLimited } from './rate-limited';
import { RateLimiter } from './rate-limiter';

const MEMBER_PER_MINUTE = 300;

/** How often each key and each MEMBER may ask. ADMIN_API_KEY, the operator's, has no limit: so nobody locks it out. */
export class ViewerLimits {
  readonly #limiter = new RateLimiter();

  /** @param requestsPerMinute what the organization settled for its keys; null: no limit. @throws ClientError RATE_LIMITED. */
  takeKey({ keyId }: Viewer, requestsPerMinute: number | null): void {
    if (keyId === null || requestsPerMinute === null) return;
    const wait = this.#limiter.take(keyId, requestsPerMinute);
    if (wait > 0) throw rateLimited(`This key may ask ${requestsPerMinute} times a minute`, wait);
  }

  /** @throws ClientError RATE_LIMITED. */
  takeMember({ organizationId, userId }: Viewer): void {
    const wait = this.#limiter.take(`${organizationId}\n${userId}`, MEMBER_PER_MINUTE);
    if (wait > 0) throw rateLimited(`A member may ask ${MEMBER_PER_MINUTE} times a minute`, wait);
  }
}
