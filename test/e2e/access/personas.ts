import { SignJWT } from 'jose';
import {
  CreateApiKeyDocument,
  CreateOrganizationDocument,
  RevokeApiKeyDocument,
} from '../../client/generated';
import { Client } from '../client';

export const OPERATOR_KEY = 'the-key-of-the-operator';
export const JWT_SECRET = 'a-secret-that-has-thirty-two-bytes-at-least';

/** A member's token. @param expires in seconds from now. */
export function tokenOf(userId: string, org: string, expires = 3_600): Promise<string> {
  return new SignJWT({ sub: userId, org, exp: Math.floor(Date.now() / 1000) + expires })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(JWT_SECRET));
}

/** Everybody who may come: with which credentials, and as which role they count; null: as nobody. */
export async function personasOf(url: string, userId: string) {
  const operator = new Client(url, OPERATOR_KEY);
  const createKey = async (role: 'ADMIN' | 'APP') =>
    (await operator.run(CreateApiKeyDocument, { input: { role, label: `an ${role}` } })).createApiKey;
  const revoked = await createKey('ADMIN');
  await operator.run(RevokeApiKeyDocument, { id: revoked.key.id });
  const input = { id: 'other', name: 'Another organization' };
  const { createOrganization } = await operator.run(CreateOrganizationDocument, { input });
  const app = await createKey('APP');
  return {
    nobody: { role: null, client: new Client(url) },
    'a wrong key': { role: null, client: new Client(url, `${app.secret.slice(0, -4)}wxyz`) },
    'a revoked key': { role: null, client: new Client(url, revoked.secret) },
    'an expired token': { role: null, client: new Client(url, await tokenOf(userId, 'nomads', -60)) },
    MEMBER: { role: 'MEMBER', client: new Client(url, await tokenOf(userId, 'nomads')) },
    APP: { role: 'APP', client: new Client(url, app.secret) },
    ADMIN: { role: 'ADMIN', client: operator },
    'an ADMIN of another organization': { role: 'ADMIN', client: new Client(url, createOrganization.secret) },
  } as const;
}
export type Personas = Awaited<ReturnType<typeof personasOf>>;
