import { insertJob } from '../../jobs/insert-job';
import type { JobRecord } from '../../jobs/job';
import type { Queryable } from '../../storage/database';

/** What a RECLUSTER job is asked for. */
export interface ReclusterInput {
  /** The champion when it was asked for. The job assigns under whatever is champion while it runs. */
  readonly modelId: string;
}

/** Queues the job that assigns all members anew, in the transaction that gave them another champion. */
export function queueReclustering(
  transaction: Queryable,
  organizationId: string,
  modelId: string,
): Promise<JobRecord> {
  const input: ReclusterInput = { modelId };
  return insertJob(transaction, { organizationId, kind: 'RECLUSTER', input });
}
