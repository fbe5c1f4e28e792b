import { ClientError } from './errors';

/** What somebody may do: each role all that the ones before it may. */
export type Role = (typeof ROLES)[number];
export const ROLES = ['MEMBER', 'APP', 'ADMIN'] as const;

/** Who asks: decided once per request or socket, from its credentials; every domain call is scoped by it. */
export interface Viewer {
  readonly organizationId: string;
  readonly role: Role;
  /** The member's own id (role MEMBER), else null. */
  readonly userId: string | null;
  /** As whom the audit knows it: a key's label and prefix, or how else it was let in. Never a member's id. */
  readonly actor: string;
  /** The API key that it came with; null: none, or the one of the environment. */
  readonly keyId: string | null;
  /** When its credentials end, in milliseconds since 1970; null: not by themselves. */
  readonly expiresAt: number | null;
}

export const DEFAULT_ORGANIZATION = 'nomads';

/** The same for all requests and sockets of one member, or with one key. */
export function identityOf({ organizationId, userId, keyId, actor }: Viewer): string {
  return `${organizationId}\n${userId ?? keyId ?? actor}`;
}

/** @throws ClientError FORBIDDEN unless the viewer is of the organization that runs the gateway. */
export function requireOperator({ organizationId }: Viewer): void {
  if (organizationId !== DEFAULT_ORGANIZATION)
    throw new ClientError(
      'FORBIDDEN',
      `This is for the gateway's operator, organization ${DEFAULT_ORGANIZATION}`,
    );
}

/** @throws ClientError FORBIDDEN unless the viewer has the role, or one after it. */
export function requireRole({ role }: Viewer, least: Role): void {
  if (ROLES.indexOf(role) < ROLES.indexOf(least))
    throw new ClientError('FORBIDDEN', `This is for the role ${least}: yours is ${role}`);
}
