import { createHash, timingSafeEqual } from 'node:crypto';
import { ClientError } from '../errors';
import { DEFAULT_ORGANIZATION, type Viewer } from '../viewer';

/**
 * From an `Authorization` header, or the same text in `connection_init`, to who asks.
 *
 * @param address where the request comes from.
 * @throws ClientError UNAUTHENTICATED.
 */
export type Authenticate = (authorization: string | undefined, address: string) => Viewer | Promise<Viewer>;

const ADMIN: Viewer = Object.freeze({
  organizationId: DEFAULT_ORGANIZATION,
  role: 'ADMIN',
  userId: null,
  actor: 'ADMIN_API_KEY',
  keyId: null,
  expiresAt: null,
});

/** @param adminApiKey null: the default organization is open, and everyone is its administrator. */
export function createAuthenticate(adminApiKey: string | null): Authenticate {
  if (adminApiKey === null) return () => ADMIN;
  const expected = sha256(adminApiKey);

  return (authorization) => {
    const key = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
    if (key === undefined) {
      throw new ClientError(
        'UNAUTHENTICATED',
        'This gateway asks for a key: send "Authorization: Bearer <key>", on WebSockets in connection_init',
      );
    }
    // Hashes have one length, and their comparison takes one time: nothing about the key leaks.
    if (!timingSafeEqual(sha256(key), expected)) {
      throw new ClientError(
        'UNAUTHENTICATED',
        'The key in "Authorization: Bearer <key>" is not one of this gateway',
      );
    }
    return ADMIN;
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
