import { ClientError } from '../errors';
import type { MembershipEvent } from '../membership/event';
import type { Database } from '../storage/database';
import { Fresh } from './fresh';
import type { QuotaLimits } from './organization';
import type { Organizations } from './organizations';

/** How long the members counted by another gateway may not be known here. */
const FRESH_MS = 5_000;

/** What an organization has now. */
export type QuotaUsage = { readonly [K in keyof QuotaLimits]: number };

const MEMBERS = `(select coalesce(sum(member_count), 0)::float8 from cities where organization_id = $1)`;
/** What could not be read takes no room. */
const DATASETS = `from datasets where organization_id = $1 and status <> 'FAILED'`;
const JOBS = `(select count(*)::float8 from jobs
  where organization_id = $1 and kind in ('TRAIN', 'REPORT') and status in ('QUEUED', 'RUNNING'))`;

/**
 * Keeps organizations within what they may have, so that none takes what all the others need. Requests that race can
 * pass a limit by as many as are under way at once.
 */
export class Quotas {
  readonly #database: Database;
  readonly #organizations: Organizations;
  readonly #members: Fresh<{ count: number }>;

  constructor(database: Database, organizations: Organizations, freshMs = FRESH_MS) {
    this.#database = database;
    this.#organizations = organizations;
    this.#members = new Fresh((id) => this.#countMembers(id), freshMs);
  }

  async usage(organizationId: string): Promise<QuotaUsage> {
    return this.#one<QuotaUsage>(
      organizationId,
      `select ${MEMBERS} as members, (select count(*)::float8 ${DATASETS}) as datasets,
              (select coalesce(sum(bytes), 0)::float8 ${DATASETS}) as "datasetBytes", ${JOBS} as jobs`,
    );
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

  /**
   * Before a data set is received, with 0 bytes, and before it is kept, with its own.
   *
   * @throws ClientError RATE_LIMITED.
   */
  async admitDataset(organizationId: string, bytes: number): Promise<void> {
    const limits = await this.#limits(organizationId);
    const used = await this.#one<{ count: number; bytes: number }>(
      organizationId,
      `select count(*)::float8 as count, coalesce(sum(bytes), 0)::float8 as bytes ${DATASETS}`,
    );
    const what = 'delete data sets that are not needed any more, or';
    if (used.count >= limits.datasets) throw refusal('data sets', limits.datasets, what);
    if (used.bytes + bytes > limits.datasetBytes || used.bytes >= limits.datasetBytes)
      throw refusal('bytes of data sets', limits.datasetBytes, what);
  }

  /**
   * Before a training or a report is queued.
   *
   * @throws ClientError RATE_LIMITED.
   */
  async admitJob(organizationId: string): Promise<void> {
    const { jobs: limit } = await this.#limits(organizationId);
    const { jobs } = await this.#one<{ jobs: number }>(organizationId, `select ${JOBS} as jobs`);
    if (jobs >= limit)
      throw refusal('trainings and reports that wait or run', limit, 'wait for them, cancel some, or');
  }

  async #limits(organizationId: string): Promise<QuotaLimits> {
    return (await this.#organizations.get(organizationId)).limits;
  }

  async #countMembers(organizationId: string): Promise<{ count: number }> {
    return this.#one<{ count: number }>(organizationId, `select ${MEMBERS} as count`);
  }

  async #one<Row extends object>(organizationId: string, sql: string): Promise<Row> {
    const [row] = await this.#database.scope(organizationId).query<Row>(sql, [organizationId]);
    return row as Row;
  }
}

function refusal(what: string, limit: number, instead: string): ClientError {
  return new ClientError(
    'RATE_LIMITED',
    `The organization has its ${limit} ${what}, the most that its quota allows: ${instead} ask the operator for more.`,
    { limit },
  );
}
