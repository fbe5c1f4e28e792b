import { ClientError } from '../../src/errors';
import type {
  MembershipQuota,
  MembershipUsage,
  QuotaDefaults,
} from '../../src/membership/moves/membership-quota';
import { Organizations } from '../../src/organizations/organizations';
import { Quotas } from '../../src/organizations/quotas';
import type { Database } from '../../src/storage/database';

/** Quotas that bound nothing but what is given. */
export function quotaOf(limits: Partial<QuotaDefaults> = {}): MembershipQuota {
  return {
    defaults: { roomCapacity: null, members: 1e9, cities: 1e9, rooms: 1e9, events: 1e9, ...limits },
    refusal: (what, limit) => new ClientError('QUOTA_EXCEEDED', what, { limit }),
  };
}

/** What the database says that an organization has. */
export async function usageOf(database: Database, organizationId: string): Promise<MembershipUsage> {
  const { members, cities, rooms, events } = await new Quotas(
    database,
    new Organizations({ database, defaults: { eventRetention: 1 } }),
  ).usage(organizationId);
  return { members, cities, rooms, events };
}
