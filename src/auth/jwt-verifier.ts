import {
  createRemoteJWKSet,
  errors,
  type JWTPayload,
  type JWTVerifyOptions,
  jwtVerify,
  type RemoteJWKSet,
} from 'jose';
import { ClientError } from '../errors';
import { LruMap } from '../lru-map';
import { checkUserId } from '../membership/membership';
import { Allowance } from '../rate-limits/rate-limiter';
import type { Viewer } from '../viewer';
import { hashOf } from './api-key';

/** How far the clocks of who signs and who verifies may differ. */
const CLOCK_TOLERANCE_S = 5;
const KEPT_TOKENS = 10_000;
const KEPT_MS = 60_000;
const REQUIRED = ['exp', 'sub', 'org'];
const SYMMETRIC = ['HS256'];
/** Never a symmetric one: a public key would then be everybody's secret. */
const ASYMMETRIC = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
/** A token of an unknown key may mean that the keys were changed: so often is it worth asking for them. */
const RELOADS_PER_MINUTE = 10;
/** So long nobody asks again for keys that could not be fetched. */
const UNREACHABLE_MS = 1_000;

/** What members' tokens are verified by: a secret (HS256), or the address of a set of public keys. */
export type JwtKeys = { readonly secret: string } | { readonly jwksUrl: string };

/** What a token must say beside who it is of. */
export interface JwtClaims {
  /** `iss`; null: anything. */
  readonly issuer: string | null;
  /** `aud`, or one of several; null: anything. */
  readonly audience: string | null;
  /** Seconds from `iat` to `exp`; from now, where there is no `iat`. */
  readonly maxLifetimeS: number;
}

export interface JwtVerifierOptions {
  readonly keys: JwtKeys;
  readonly claims: JwtClaims;
  readonly organizationExists: (id: string) => Promise<boolean>;
}

interface KeptToken {
  readonly viewer: Viewer;
  /** In milliseconds since 1970. */
  readonly until: number;
}

/** Members' JWTs: `sub` is the userId, `org` the organization. Tokens that are right are remembered for a minute. */
export class JwtVerifier {
  readonly #options: JwtVerifierOptions;
  readonly #payloadOf: (token: string) => Promise<JWTPayload>;
  readonly #kept = new LruMap<string, KeptToken>(KEPT_TOKENS);

  constructor(options: JwtVerifierOptions) {
    this.#options = options;
    const { keys, claims } = options;
    const required = {
      requiredClaims: REQUIRED,
      clockTolerance: CLOCK_TOLERANCE_S,
      ...(claims.issuer !== null && { issuer: claims.issuer }),
      ...(claims.audience !== null && { audience: claims.audience }),
    };
    this.#payloadOf =
      'secret' in keys
        ? bySecret(keys.secret, required)
        : byKeySet(new KeySet(new URL(keys.jwksUrl)), required);
  }

  /** Whose a token is that was right within the last minute. */
  verified(token: string): Viewer | undefined {
    const kept = this.#kept.get(hashOf(token));
    return kept !== undefined && kept.until > Date.now() ? kept.viewer : undefined;
  }

  /**
   * Whose a token is; null: it is none that counts here.
   *
   * @throws ClientError UNAUTHENTICATED when it is signed rightly, but has expired, lives too long, or is of another issuer
   *   or audience; STORAGE_UNAVAILABLE when that cannot be told now.
   */
  async verify(token: string): Promise<Viewer | null> {
    const viewer = await this.#viewerOf(token);
    if (viewer === null) return null;
    const expiresAt = viewer.expiresAt ?? 0;
    const until = Math.min(expiresAt + CLOCK_TOLERANCE_S * 1000, Date.now() + KEPT_MS);
    this.#kept.set(hashOf(token), { viewer, until });
    return viewer;
  }

  async #viewerOf(token: string): Promise<Viewer | null> {
    try {
      const { sub, org, exp, iat } = await this.#payloadOf(token);
      if (typeof sub !== 'string' || typeof org !== 'string' || exp === undefined) return null;
      checkLifetime(exp, iat, this.#options.claims.maxLifetimeS);
      if (!isUserId(sub) || !(await this.#options.organizationExists(org))) return null;
      return Object.freeze({
        organizationId: org,
        role: 'MEMBER',
        userId: sub,
        actor: 'a member',
        keyId: null,
        expiresAt: exp * 1000,
      });
    } catch (error) {
      if (error instanceof errors.JWTExpired)
        throw new ClientError('UNAUTHENTICATED', 'The token has expired: send a new one');
      // jose looks at the claims after the signature: nobody else learns this.
      if (error instanceof errors.JWTClaimValidationFailed && ['iss', 'aud'].includes(error.claim))
        throw new ClientError(
          'UNAUTHENTICATED',
          `The token's "${error.claim}" is not the one that counts here`,
        );
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  }
}

/** A token that claims to be issued later than now lives from now, or it could be made to live as long as one likes. */
function checkLifetime(exp: number, iat: number | undefined, maxLifetimeS: number): void {
  const now = Date.now() / 1000;
  const lifetime = exp - Math.min(iat ?? now, now);
  if (lifetime <= maxLifetimeS + CLOCK_TOLERANCE_S) return;
  throw new ClientError(
    'UNAUTHENTICATED',
    `The token lives for ${Math.ceil(lifetime)} s: at most ${maxLifetimeS} s from "iat" to "exp" are allowed`,
  );
}

function bySecret(secret: string, claims: JWTVerifyOptions) {
  const key = new TextEncoder().encode(secret);
  return async (token: string) => (await jwtVerify(token, key, { ...claims, algorithms: SYMMETRIC })).payload;
}

function byKeySet(set: KeySet, claims: JWTVerifyOptions) {
  return async (token: string) =>
    (await jwtVerify(token, (header, jws) => set.find(header, jws), { ...claims, algorithms: ASYMMETRIC }))
      .payload;
}

type FindKey = Parameters<RemoteJWKSet>;

/** The public keys at an address, kept for ten minutes, and fetched anew when a token names another one. */
class KeySet {
  readonly #keys: RemoteJWKSet;
  readonly #reloads = new Allowance();
  #unreachableUntil = 0;

  constructor(url: URL) {
    // When to fetch because of an unknown key is decided below: jose's fixed pause would keep out new keys.
    this.#keys = createRemoteJWKSet(url, { cooldownDuration: Infinity });
  }

  async find(...token: FindKey) {
    try {
      const find = () => this.#keys(...token);
      return await (this.#keys.fresh ? find() : this.#fetching(find));
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      if (this.#reloads.take(RELOADS_PER_MINUTE) > 0) throw error;
      await this.#fetching(() => this.#keys.reload());
      return this.#keys(...token);
    }
  }

  async #fetching<Result>(work: () => Promise<Result>): Promise<Result> {
    if (performance.now() < this.#unreachableUntil) throw unreachable();
    try {
      return await work();
    } catch (error) {
      if (isAboutToken(error)) throw error;
      this.#unreachableUntil = performance.now() + UNREACHABLE_MS;
      throw unreachable(error);
    }
  }
}

function isAboutToken(error: unknown): boolean {
  return [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported].some(
    (kind) => error instanceof kind,
  );
}

function unreachable(cause?: unknown): ClientError {
  const error = new ClientError(
    'STORAGE_UNAVAILABLE',
    "The keys that members' tokens are verified by cannot be fetched just now: try again in a moment",
  );
  error.cause = cause;
  return error;
}

function isUserId(sub: string): boolean {
  try {
    checkUserId(sub);
    return true;
  } catch {
    return false;
  }
}
