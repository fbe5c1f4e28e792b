import { datasetUsage } from '../datasets/dataset-usage';
import type { DatasetQuota } from '../datasets/datasets';
import { ClientError } from '../errors';
import type { JobQuota } from '../jobs/job-store';
import { countWaitingJobs } from '../jobs/waiting-jobs';
import type { MembershipEvent } from '../membership/event';
import type { Database } from '../storage/database';
import { Fresh } from './fresh';
import type { QuotaLimits } from './organization';
import type { Organizations } from './organizations';

/** How long the members counted by another gateway may not be known here. */
const FRESH_MS = 5_000;

/** What an organization has now. */
export type QuotaUsage = { readonly [K in keyof QuotaLimits]: number };

/**
 * Keeps organizations within what they may have, so that none takes what all the others need. Jobs and data sets are
 * counted in the transaction that adds them, so their limits hold exactly.
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
  readonly #database: Database;
  readonly #organizations: Organizations;
  readonly #members: Fresh<{ count: number }>;

  constructor(database: Database, organizations: Organizations, freshMs = FRESH_MS) {
    this.#database = database;
    this.#organizations = organizations;
    this.#members = new Fresh((id) => this.#countMembers(id), freshMs);
  }

  async usage(organizationId: string): Promise<QuotaUsage> {
    const scoped = this.#database.scope(organizationId);
    const [{ count: members }, datasets, jobs] = await Promise.all([
      this.#countMembers(organizationId),
      datasetUsage(scoped, organizationId),
      countWaitingJobs(scoped, organizationId),
    ]);
    return { members, ...datasets, jobs };
  }

  /**
   * Before a user is assigned. Members may always be assigned again. Below the limit it costs no statement.
   *
   * @throws ClientError RATE_LIMITED.
   */
  async admitMember(organizationId: string, userId: string): Promise<void> {
    const { members: limit } = await this.#limits(organizationId);
    if ((await this.#members.get(organizationId)).count < limit) return;
    const known = await this.#database
      .scope(organizationId)
      .query('select from members where organization_id = $1 and user_id = $2', [organizationId, userId]);
    if (known.length === 0)
      throw refusal('members', limit, 'let users leave with leaveCity or forgetUser, or');
  }

  /** Takes in events that were committed. */
  record(events: readonly MembershipEvent[]): void {
    const changes = new Map<string, number>();
    for (const { organizationId, kind } of events) {
      if (kind === 'MOVED') continue;
      changes.set(organizationId, (changes.get(organizationId) ?? 0) + (kind === 'JOINED' ? 1 : -1));
    }
    for (const [organizationId, change] of changes) {
      this.#members.peek(organizationId)?.then(
        (members) => {
          members.count += change;
        },
        () => undefined, // told to whoever asked
      );
    }
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

  async #countMembers(organizationId: string): Promise<{ count: number }> {
    return this.#one<{ count: number }>(
      organizationId,
      `select coalesce(sum(member_count), 0)::float8 as count from cities where organization_id = $1`,
    );
  }

  async #one<Row extends object>(organizationId: string, sql: string): Promise<Row> {
    const [row] = await this.#database.scope(organizationId).query<Row>(sql, [organizationId]);
    return row as Row;
  }
}

const DATASETS = { datasets: 'data sets', datasetBytes: 'bytes of data sets' } as const;

function refusal(what: string, limit: number, instead: string): ClientError {
  return new ClientError(
    'RATE_LIMITED',
    `The organization has its ${limit} ${what}, the most that its quota allows: ${instead} ask the operator for more.`,
    { limit },
  );
}
