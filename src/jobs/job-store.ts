import { newestFirst } from '../age-order';
import { ClientError } from '../errors';
import type { Database } from '../storage/database';
import { asUuid } from '../uuid';
import { JOB_COLUMNS, type NewJob } from './insert-job';
import type { JobKind, JobRecord } from './job';
import { procedure as submitJob } from './submit-job';

/** A job whose process has not been heard of for so long is taken up by another. */
const LOST_SECONDS = 20;
/** A job whose process died as often is given up: it may be what kills it. */
const MOST_ATTEMPTS = 3;

/** How a job ended. */
export type JobEnd =
  | { readonly status: 'SUCCEEDED'; readonly result: unknown }
  | { readonly status: 'FAILED'; readonly error: string }
  | { readonly status: 'CANCELLED' };

/** What the runner says of a job, and hears back. */
export interface Heartbeat {
  readonly job: JobRecord;
  /** Somebody wants it stopped. */
  readonly cancelling: boolean;
}

/** How many trainings and reports of an organization may wait or run. */
export interface JobQuota {
  limit(organizationId: string): Promise<number>;
  refusal(limit: number): ClientError;
}

/** Jobs in the database. Lists are newest first: see `age-order`. */
export class JobStore {
  constructor(
    private readonly database: Database,
    private readonly quota: JobQuota | null = null,
  ) {}

  /**
   * @throws ClientError QUOTA_EXCEEDED when there is work to do, and too much of it already; NOT_FOUND when the data set
   *   that it needs is gone; BAD_USER_INPUT when the idempotency key is that of a job of another kind.
   */
  async submit(job: NewJob): Promise<JobRecord> {
    const { organizationId, datasetId } = job;
    const limit = (await this.quota?.limit(organizationId)) ?? null;
    const submitted = await this.database.scope(organizationId).call(submitJob, { job, limit });
    if ('job' in submitted) return ofKind(submitted.job, job);
    if (submitted.refused === 'dataset')
      throw new ClientError('NOT_FOUND', `datasetId: there is no data set "${datasetId}"`);
    throw (this.quota as JobQuota).refusal(limit as number);
  }

  async find(organizationId: string, id: string): Promise<JobRecord | null> {
    const uuid = asUuid(id);
    if (uuid === null) return null;
    const [job] = await this.database
      .scope(organizationId)
      .query<JobRecord>(`select ${JOB_COLUMNS} from jobs where organization_id = $1 and id = $2`, [
        organizationId,
        uuid,
      ]);
    return job ?? null;
  }

  /** At most `limit` jobs that are older than the one at the place `after`; null: from the newest. */
  list(organizationId: string, after: string | null, limit: number): Promise<JobRecord[]> {
    return this.database
      .scope(organizationId)
      .query<JobRecord>(`select ${JOB_COLUMNS} from jobs ${newestFirst('jobs.created_at')}`, [
        organizationId,
        after,
        limit,
      ]);
  }

  /** Stops a job that waits; of one that runs its process will hear. Null: there is none, or it has ended. */
  async cancel(organizationId: string, id: string): Promise<JobRecord | null> {
    const uuid = asUuid(id);
    if (uuid === null) return null;
    const [job] = await this.database.scope(organizationId).query<JobRecord>(
      `update jobs
          set cancelling = true,
              status = case status when 'QUEUED' then 'CANCELLED' else status end,
              finished_at = case status when 'QUEUED' then clock_timestamp() end
        where organization_id = $1 and id = $2 and status in ('QUEUED', 'RUNNING') returning ${JOB_COLUMNS}`,
      [organizationId, uuid],
    );
    return job ?? null;
  }

  /**
   * The next job of the kind that waits, or whose process is lost: it is the runner's now. Organizations take turns, and
   * each one's jobs are taken in the order of their arrival.
   */
  async claim(kind: JobKind, runner: string): Promise<JobRecord | null> {
    const [job] = await this.database.system.query<JobRecord>(
      `select ${JOB_COLUMNS} from claim_job($1, $2, ${MOST_ATTEMPTS}, ${LOST_SECONDS})`,
      [kind, runner],
    );
    return job ?? null;
  }

  /** Says that the runner is at it. Null: the job is not the runner's (any more). */
  async beat(
    id: string,
    runner: string,
    progress: number,
    message: string | null,
  ): Promise<Heartbeat | null> {
    const [row] = await this.database.system.query<JobRecord & { cancelling: boolean }>(
      `update jobs set seen_at = clock_timestamp(), progress = $3, message = $4
        where id = $1 and runner = $2 and status = 'RUNNING' returning ${JOB_COLUMNS}, cancelling`,
      [id, runner, progress, message],
    );
    if (row === undefined) return null;
    const { cancelling, ...job } = row;
    return { job, cancelling };
  }

  /** Null: the job was not the runner's any more, and stays as it is. */
  async finish(id: string, runner: string, end: JobEnd): Promise<JobRecord | null> {
    const [job] = await this.database.system.query<JobRecord>(
      `update jobs
          set status = $3, result = $4, error = $5, runner = null, finished_at = clock_timestamp(),
              progress = case $3 when 'SUCCEEDED' then 1 else progress end
        where id = $1 and runner = $2 and status = 'RUNNING' returning ${JOB_COLUMNS}`,
      [
        id,
        runner,
        end.status,
        end.status === 'SUCCEEDED' ? JSON.stringify(end.result) : null,
        end.status === 'FAILED' ? end.error : null,
      ],
    );
    return job ?? null;
  }

  /** Gives a running job back to the queue: its process closes in good order. */
  async release(id: string, runner: string): Promise<void> {
    await this.database.system.query(
      `update jobs set status = 'QUEUED', runner = null, attempts = attempts - 1
        where id = $1 and runner = $2 and status = 'RUNNING'`,
      [id, runner],
    );
  }

  /** Nobody else runs jobs on this database: whatever still counts as running has lost its process. */
  async disown(): Promise<void> {
    await this.database.system.query("update jobs set seen_at = '-infinity' where status = 'RUNNING'");
  }

  /** Fails the jobs that lost their process for the last time. */
  giveUp(): Promise<JobRecord[]> {
    return this.database.system.query<JobRecord>(
      `update jobs set status = 'FAILED', runner = null, finished_at = clock_timestamp(),
              error = 'Its process died ${MOST_ATTEMPTS} times while it ran'
        where status = 'RUNNING' and attempts >= ${MOST_ATTEMPTS}
          and seen_at < clock_timestamp() - interval '${LOST_SECONDS} seconds'
        returning ${JOB_COLUMNS}`,
    );
  }
}

/** The first job of a key, which must be one of the kind that is asked for now. */
function ofKind(first: JobRecord, { kind, idempotencyKey }: NewJob): JobRecord {
  if (first.kind === kind) return first;
  throw new ClientError(
    'BAD_USER_INPUT',
    `idempotencyKey: "${idempotencyKey}" is the key of job ${first.id} already, which is ${first.kind}, not ${kind}.`,
  );
}
