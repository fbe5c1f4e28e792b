import type { MembershipUsage } from '../membership/moves/membership-quota';

/** What an organization settled for itself; null: as the environment, or the code, says. */
export interface OrganizationSettings {
  /** The name whose champion answers its assignments. */
  readonly defaultModel: string;
  /** Members per room before an overflow room opens. */
  readonly roomCapacity: number | null;
  /** Events kept per city. */
  readonly eventRetention: number | null;
  /** Whose pages may ask in its name: `https://app.example`. */
  readonly corsOrigins: readonly string[];
  /** Of each of its keys. */
  readonly requestsPerMinute: number | null;
}

/** How much an organization may have at the same time. */
export interface QuotaLimits extends MembershipUsage {
  readonly datasets: number;
  /** Of all its data sets together, as uploaded. */
  readonly datasetBytes: number;
  /** Trainings and reports that wait or run. */
  readonly jobs: number;
}

/** A client of the gateway: owns everything else. */
export interface OrganizationRecord {
  /** `nomads`: lower-case letters, digits and hyphens. */
  readonly id: string;
  readonly name: string;
  readonly settings: OrganizationSettings;
  readonly limits: QuotaLimits;
  /** ISO 8601. */
  readonly createdAt: string;
}
