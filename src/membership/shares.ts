import type { ClientError } from '../errors';

/** Numbers of what membership makes, of one organization: what it has, or what it may have. */
export interface Shares {
  readonly members: number;
  readonly cities: number;
  readonly rooms: number;
  /** Kept in the logs of all its cities together. */
  readonly events: number;
}

/** What holds for organizations that have no other. */
export interface ShareDefaults extends Shares {
  /** Members per room before an overflow room opens; null: no limit. */
  readonly roomCapacity: number | null;
}

/** What a move may be refused for. Events are no reason: the oldest ones give way. */
export type RefusedShare = Exclude<keyof Shares, 'events'>;

/** How the organization's quotas bound its members, cities, rooms and events. */
export interface MembershipQuota {
  readonly defaults: ShareDefaults;
  refusal(what: RefusedShare, limit: number): ClientError;
}
