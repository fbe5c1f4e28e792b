import { createHash, randomBytes } from 'node:crypto';
import type { Viewer } from '../viewer';

/** Members come with JWTs, never with keys. */
export type KeyRole = 'ADMIN' | 'APP';

/** What is known of an API key, and may be told to an ADMIN of its organization. */
export interface ApiKeyRecord {
  readonly id: string;
  readonly organizationId: string;
  readonly role: KeyRole;
  readonly label: string;
  /** The beginning of the key, `tk_` and twelve characters: tells keys apart, and lets nobody in. */
  readonly prefix: string;
  /** Times are ISO 8601. */
  readonly createdAt: string;
  /** As whom the audit knows who made it. */
  readonly createdBy: string;
  /** To the minute; null: never. */
  readonly lastUsedAt: string | null;
  /** null: it is in force. */
  readonly revokedAt: string | null;
}

/** A key that was just made. */
export interface NewKey {
  /** The key as its owner sends it: `tk_<12 hexadecimal>_<43 base64url>`, with 256 random bits. Shown this once. */
  readonly secret: string;
  readonly prefix: string;
  /** SHA-256 of the secret, hexadecimal: no slow hash is needed, for nobody guesses 256 bits. */
  readonly hash: string;
}

const SHAPE = /^(tk_[0-9a-f]{12})_[\w-]{43}$/;

export function newKey(): NewKey {
  const prefix = `tk_${randomBytes(6).toString('hex')}`;
  const secret = `${prefix}_${randomBytes(32).toString('base64url')}`;
  return { secret, prefix, hash: hashOf(secret) };
}

/** The prefix of what may be a key; null: it has not the shape of one. */
export function prefixOf(secret: string): string | null {
  return SHAPE.exec(secret)?.[1] ?? null;
}

export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Who comes with a key. */
export function viewerOfKey({ id, organizationId, role, label, prefix }: ApiKeyRecord): Viewer {
  return Object.freeze({
    organizationId,
    role,
    userId: null,
    actor: `${label} (${prefix})`,
    keyId: id,
    expiresAt: null,
  });
}
