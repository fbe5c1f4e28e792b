import { randomUUID } from 'node:crypto';
import { agePlace } from '../age-order';
import type { Queryable } from '../storage/database';
import type { JobKind, JobRecord } from './job';

export interface NewJob {
  readonly organizationId: string;
  readonly kind: JobKind;
  /** Plain JSON. */
  readonly input: unknown;
  /** The data set that it needs, where it needs one: `input` names it as `datasetId`, too. */
  readonly datasetId?: string;
  /** What it comes to, where that is known already: the job has then SUCCEEDED from the beginning. */
  readonly result?: unknown;
  /** A second job of the organization with the same key is the first one. */
  readonly idempotencyKey?: string | null;
}

/** `JobRecord` as a row. */
export const JOB_COLUMNS = `id::text, ${agePlace('created_at')} as place, organization_id as "organizationId", kind, status, progress, message, error, input,
  result, to_char(created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt",
  to_char(finished_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "finishedAt"`;

/** Queues a job, as part of the caller's transaction. */
export async function insertJob(transaction: Queryable, job: NewJob): Promise<JobRecord> {
  const { organizationId, kind, input, result, idempotencyKey = null } = job;
  const isDone = result !== undefined;
  const [inserted] = await transaction.query<JobRecord>(
    `insert into jobs (id, organization_id, kind, input, idempotency_key, status, progress, result, finished_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, case when $8::json is not null then clock_timestamp() end)
     on conflict (organization_id, idempotency_key) do nothing returning ${JOB_COLUMNS}`,
    [
      randomUUID(),
      organizationId,
      kind,
      JSON.stringify(input),
      idempotencyKey,
      isDone ? 'SUCCEEDED' : 'QUEUED',
      isDone ? 1 : 0,
      isDone ? JSON.stringify(result) : null,
    ],
  );
  if (inserted !== undefined) return inserted;
  return (await findByKey(transaction, organizationId, idempotencyKey)) as JobRecord;
}

/** The organization's job of the key; null: there is none, or no key. */
export async function findByKey(
  queryable: Queryable,
  organizationId: string,
  idempotencyKey: string | null,
): Promise<JobRecord | null> {
  if (idempotencyKey === null) return null;
  const [job] = await queryable.query<JobRecord>(
    `select ${JOB_COLUMNS} from jobs where organization_id = $1 and idempotency_key = $2`,
    [organizationId, idempotencyKey],
  );
  return job ?? null;
}
