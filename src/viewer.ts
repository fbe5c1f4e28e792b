import { ClientError } from './errors';

export type Role = 'ADMIN' | 'APP' | 'MEMBER';

/** Who asks: decided once per request or socket, from its credentials; every domain call is scoped by it. */
export interface Viewer {
  readonly organizationId: string;
  readonly role: Role;
  /** The member's own id (role MEMBER), else null. */
  readonly userId: string | null;
}

export const DEFAULT_ORGANIZATION = 'nomads';

/** @throws ClientError FORBIDDEN unless the viewer administers its organization. */
export function requireAdmin({ role }: Viewer): void {
  if (role !== 'ADMIN') throw new ClientError('FORBIDDEN', `This is for the role ADMIN: yours is ${role}`);
}
