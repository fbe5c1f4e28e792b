import type { ClientError } from '../../errors';

/** Numbers of what membership makes, of one organization: what it has, or what it may have. */
export interface MembershipUsage {
  readonly members: number;
  readonly cities: number;
  readonly rooms: number;
  /** Kept in the logs of all its cities together. */
  readonly events: number;
}

/** What holds for organizations that have no other. */
export interface QuotaDefaults extends MembershipUsage {
  /** Members per room before an overflow room opens; null: no limit. */
  readonly roomCapacity: number | null;
}

/** What a move may be refused for. Events are no reason: the oldest ones give way. */
export type LimitedUsage = Exclude<keyof MembershipUsage, 'events'>;

/** How the organization's quotas bound its members, cities, rooms and events. */
export interface MembershipQuota {
  readonly defaults: QuotaDefaults;
  refusal(what: LimitedUsage, limit: number): ClientError;
}
