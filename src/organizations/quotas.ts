import { datasetUsage } from '../datasets/dataset-usage';
import type { DatasetQuota } from '../datasets/datasets';
import { ClientError } from '../errors';
import type { JobQuota } from '../jobs/job-store';
import { countWaitingJobs } from '../jobs/waiting-jobs';
import type { LimitedUsage, MembershipQuota, MembershipUsage } from '../membership/moves/membership-quota';
import type { Database, Queryable } from '../storage/database';
import type { QuotaLimits } from './organization';
import { LIMITS } from './organization-store';
import type { Organizations } from './organizations';

/** What an organization has now. */
export type QuotaUsage = { readonly [K in keyof QuotaLimits]: number };

/**
 * Keeps organizations within what they may have, so that none takes what all the others need. Everything is counted in
 * the transaction that adds it, so the limits hold exactly.
 */
export class Quotas {
  readonly jobs: JobQuota = {
    limit: async (organizationId) => (await this.#limits(organizationId)).jobs,
    refusal: (limit) =>
      refusal('trainings and reports that wait or run', limit, 'wait for them, cancel some, or'),
  };
  readonly datasets: DatasetQuota = {
    admit: (organizationId) => this.#admitDataset(organizationId),
    limits: (organizationId) => this.#limits(organizationId),
    refusal: (what, limit) =>
      refusal(DATASETS[what], limit, 'delete data sets that are not needed any more, or'),
  };
  readonly membership: MembershipQuota;
  readonly #database: Database;
  readonly #organizations: Organizations;

  /** @param roomCapacity of organizations that settled none; null: no limit. */
  constructor(database: Database, organizations: Organizations, roomCapacity: number | null = null) {
    this.#database = database;
    this.#organizations = organizations;
    this.membership = {
      defaults: { ...LIMITS, roomCapacity },
      refusal: (what, limit) => refusal(what, limit, INSTEAD[what]),
    };
  }

  async usage(organizationId: string): Promise<QuotaUsage> {
    const scoped = this.#database.scope(organizationId);
    const [membership, datasets, jobs] = await Promise.all([
      membershipUsage(scoped, organizationId),
      datasetUsage(scoped, organizationId),
      countWaitingJobs(scoped, organizationId),
    ]);
    return { ...membership, ...datasets, jobs };
  }

  async #admitDataset(organizationId: string): Promise<void> {
    const limits = await this.#limits(organizationId);
    const used = await datasetUsage(this.#database.scope(organizationId), organizationId);
    for (const what of ['datasets', 'datasetBytes'] as const) {
      if (used[what] >= limits[what]) throw this.datasets.refusal(what, limits[what]);
    }
  }

  async #limits(organizationId: string): Promise<QuotaLimits> {
    return (await this.#organizations.get(organizationId)).limits;
  }
}

async function membershipUsage(database: Queryable, organizationId: string): Promise<MembershipUsage> {
  const [usage] = await database.query<MembershipUsage>(
    `select members::float8 as members, cities::float8 as cities, rooms::float8 as rooms, events::float8 as events
       from organization_usage where organization_id = $1`,
    [organizationId],
  );
  return usage ?? { members: 0, cities: 0, rooms: 0, events: 0 };
}

const DATASETS = { datasets: 'data sets', datasetBytes: 'bytes of data sets' } as const;

const INSTEAD: Record<LimitedUsage, string> = {
  members: 'let users leave with leaveCity or forgetUser, or',
  cities: 'assign to a city that there is, or',
  rooms: 'set a larger room capacity with updateOrganization, or',
};

function refusal(what: string, limit: number, instead: string): ClientError {
  return new ClientError(
    'QUOTA_EXCEEDED',
    `The organization has its ${limit} ${what}, the most that its quota allows: ${instead} ask the operator for more.`,
    { limit },
  );
}
