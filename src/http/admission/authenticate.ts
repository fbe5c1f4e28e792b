import { createHash, timingSafeEqual } from 'node:crypto';
import { prefixOf } from '../../auth/api-key';
import type { ApiKeys } from '../../auth/api-keys';
import type { JwtVerifier } from '../../auth/jwt-verifier';
import type { KeyLookups } from '../../auth/key-lookups';
import type { Openness } from '../../auth/openness';
import { ClientError } from '../../errors';
import type { FailedAttempts } from '../../rate-limits/failed-attempts';
import { rateLimited } from '../../rate-limits/rate-limited';
import type { ViewerLimits } from '../../rate-limits/viewer-limits';
import { DEFAULT_ORGANIZATION, type Viewer } from '../../viewer';

/**
 * From an `Authorization` header, or the same text in `connection_init`, to who asks. Each call is one request.
 *
 * @param address where the request comes from.
 * @throws ClientError UNAUTHENTICATED, RATE_LIMITED, STORAGE_UNAVAILABLE.
 */
export type Authenticate = (authorization: string | undefined, address: string) => Viewer | Promise<Viewer>;

export interface AuthenticateOptions {
  readonly adminApiKey: string | null;
  readonly openness: Openness;
  readonly keys: ApiKeys;
  readonly lookups: KeyLookups;
  /** null: members' tokens are not taken. */
  readonly jwts: JwtVerifier | null;
  readonly failures: FailedAttempts;
  readonly limits: ViewerLimits;
}

const ADMIN: Viewer = Object.freeze({
  organizationId: DEFAULT_ORGANIZATION,
  role: 'ADMIN',
  userId: null,
  actor: 'ADMIN_API_KEY',
  keyId: null,
  expiresAt: null,
});

/** Whoever reaches a gateway without credentials. */
export const ANYBODY: Viewer = Object.freeze({ ...ADMIN, actor: 'anybody (the gateway is open)' });

const LONGEST_CREDENTIAL = 8_192;

/**
 * Who asks, at once when the credentials were right a moment ago: the way there is as long as two hash map look-ups.
 *
 * An address that came with many wrong ones is suspect for a while. Right credentials still get in from there, and
 * those that are remembered do not even wait; wrong ones get RATE_LIMITED.
 */
export function createAuthenticate(options: AuthenticateOptions): Authenticate {
  const { openness, keys, jwts, limits } = options;
  const isAdminKey = createComparison(options.adminApiKey);
  const verify = createVerify(options);

  return (authorization, address) => {
    const credential = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
    if (credential === undefined) {
      if (openness.open) return ANYBODY;
      throw new ClientError(
        'UNAUTHENTICATED',
        'This gateway asks for a key: send "Authorization: Bearer <key or token>", on WebSockets in connection_init',
      );
    }
    const holder = keys.verified(credential);
    if (holder !== undefined) {
      limits.takeKey(holder.viewer, holder.requestsPerMinute);
      return holder.viewer;
    }
    const member = jwts?.verified(credential);
    if (member !== undefined) {
      limits.takeMember(member);
      return member;
    }
    // Nothing but a key of its own form is a credential there.
    if (openness.open && prefixOf(credential) === null) return ANYBODY;
    return isAdminKey(credential) ? ADMIN : verify(credential, address);
  };
}

type Verify = (credential: string, address: string) => Promise<Viewer>;

/** For what is not remembered. */
function createVerify({ keys, lookups, jwts, failures, limits }: AuthenticateOptions): Verify {
  return async (credential, address) => {
    const isSuspect = failures.suspectFor(address) > 0;
    if (prefixOf(credential) !== null) {
      const holder = await keys.verify(credential, (prefix) => lookups.find(prefix, isSuspect));
      if (holder !== null) {
        limits.takeKey(holder.viewer, holder.requestsPerMinute);
        return holder.viewer;
      }
    } else if (jwts !== null && mayBeToken(credential)) {
      const member = await jwts.verify(credential);
      if (member !== null) {
        limits.takeMember(member);
        return member;
      }
    }
    failures.note(address);
    if (isSuspect)
      throw rateLimited(
        'Too many wrong credentials came from your address',
        Math.max(1, failures.suspectFor(address)),
      );
    throw new ClientError(
      'UNAUTHENTICATED',
      'The key or token in "Authorization: Bearer <key or token>" is not one that this gateway takes',
    );
  };
}

function mayBeToken(credential: string): boolean {
  return credential.length <= LONGEST_CREDENTIAL && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(credential);
}

function createComparison(secret: string | null): (text: string) => boolean {
  if (secret === null) return () => false;
  // Hashes have one length, and their comparison takes one time: nothing about the key leaks.
  const expected = sha256(secret);
  return (text) => timingSafeEqual(sha256(text), expected);
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
