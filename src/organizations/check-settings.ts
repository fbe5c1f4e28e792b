import { checkText } from '../check-text';
import { LEAST_ROOM_CAPACITY } from '../config';
import { ClientError } from '../errors';
import { isLoopback, isOrigin } from '../hosts';
import type { OrganizationSettings, QuotaLimits } from './organization';

const LONGEST_NAME = 100;
const MOST_ORIGINS = 100;
const ID = /^[a-z\d][a-z\d-]{0,38}[a-z\d]$/;

/** What is to become different: what is left out stays as it is, null goes back to the default. */
export type OrganizationChanges = Partial<OrganizationSettings & { readonly name: string }>;

/** What is to become different: what is left out stays as it is, null goes back to the default. */
export type QuotaChanges = { readonly [K in keyof QuotaLimits]?: number | null };

/** @throws ClientError BAD_USER_INPUT. */
export function checkQuotas(changes: QuotaChanges): void {
  for (const [what, limit] of Object.entries(changes)) checkNumber(what, limit, 0, Number.MAX_SAFE_INTEGER);
}

export function isOrganizationId(id: string): boolean {
  return ID.test(id);
}

/** @throws ClientError BAD_USER_INPUT. */
export function checkOrganizationId(id: string): void {
  if (isOrganizationId(id)) return;
  throw new ClientError(
    'BAD_USER_INPUT',
    `id is ${JSON.stringify(id)}: it must be 2 to 40 lower-case letters, digits and hyphens, no hyphen first or last.`,
  );
}

/** @throws ClientError BAD_USER_INPUT. */
export function checkName(name: string): void {
  checkText('name', name, LONGEST_NAME);
}

/** @throws ClientError BAD_USER_INPUT. */
export function checkChanges(changes: OrganizationChanges): void {
  if (changes.name !== undefined) checkName(changes.name);
  checkNumber('roomCapacity', changes.roomCapacity, LEAST_ROOM_CAPACITY, 1_000_000);
  checkNumber('eventRetention', changes.eventRetention, 1, 1_000_000);
  // Fewer, and one could hardly take the limit away again.
  checkNumber('requestsPerMinute', changes.requestsPerMinute, 10, 10_000_000);
  const { corsOrigins = [] } = changes;
  if (corsOrigins.length > MOST_ORIGINS) {
    throw new ClientError(
      'BAD_USER_INPUT',
      `corsOrigins has ${corsOrigins.length} items: at most ${MOST_ORIGINS} are allowed.`,
    );
  }
  for (const [i, origin] of corsOrigins.entries()) {
    if (isSafeOrigin(origin)) continue;
    throw new ClientError(
      'BAD_USER_INPUT',
      `corsOrigins[${i}] is ${JSON.stringify(origin)}: it must be an origin as browsers write it, https://host or https://host:port; http for this machine only (http://localhost:5173).`,
    );
  }
}

function checkNumber(what: string, value: number | null | undefined, least: number, most: number): void {
  if (value === null || value === undefined) return;
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new ClientError('BAD_USER_INPUT', `${what} is ${value}: it must be from ${least} to ${most}.`);
}

/** An origin that nobody between browser and gateway can pose as, written as browsers send it. */
function isSafeOrigin(text: string): boolean {
  if (!isOrigin(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname.replace(/[[\]]/g, '')));
}
