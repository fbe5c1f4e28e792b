import type { Procedure } from '../storage/database';
import { findByKey, insertJob, type NewJob } from './insert-job';
import type { JobRecord } from './job';
import { countWaitingJobs } from './waiting-jobs';

export interface JobSubmission {
  readonly job: NewJob;
  /** The most trainings and reports that may wait or run; null: no limit. */
  readonly limit: number | null;
}

/** `refused`: there is too much to do already, or the data set that the job needs is not there any more. */
export type SubmittedJob = { readonly job: JobRecord } | { readonly refused: 'limit' | 'dataset' };

/** Queues a job. The first job of an idempotency key is answered again, whatever the limit. */
export const procedure: Procedure<JobSubmission, SubmittedJob> = {
  module: 'jobs/submit-job',
  async run(transaction, { job, limit }) {
    const { organizationId, idempotencyKey = null, datasetId, result } = job;
    if (result !== undefined) return { job: await insertJob(transaction, job) };
    // The organization's submissions wait for one another, so that each counts those before: a limit holds exactly.
    await transaction.query('select from organizations where id = $1 for no key update', [organizationId]);
    const first = await findByKey(transaction, organizationId, idempotencyKey);
    if (first !== null) return { job: first };
    if (limit !== null && (await countWaitingJobs(transaction, organizationId)) >= limit)
      return { refused: 'limit' };
    if (datasetId !== undefined) {
      // It stays until the job is there to be seen: a removal waits, and then finds the job.
      const dataset = await transaction.query(
        'select from datasets where organization_id = $1 and id = $2 for key share',
        [organizationId, datasetId],
      );
      if (dataset.length === 0) return { refused: 'dataset' };
    }
    return { job: await insertJob(transaction, job) };
  },
};
