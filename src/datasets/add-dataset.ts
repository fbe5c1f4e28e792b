import { insertJob } from '../jobs/insert-job';
import type { Procedure } from '../storage/database';
import { type DatasetUsage, datasetUsage } from './dataset-usage';

export interface NewDataset {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  /** Null: of none. */
  readonly branchId: string | null;
  /** The most that the organization may have; null: no limit. */
  readonly limits: DatasetUsage | null;
}

export type AddedDataset =
  | { readonly jobId: string }
  | { readonly duplicateOf: string }
  | { readonly noBranch: string }
  /** The limit that it would pass. */
  | { readonly full: keyof DatasetUsage };

/** Keeps a new data set and queues the job that reads it, unless the organization has the same bytes already. */
export const procedure: Procedure<NewDataset, AddedDataset> = {
  module: 'datasets/add-dataset',
  async run(transaction, { id, organizationId, name, sha256, bytes, branchId, limits }) {
    // The organization's additions wait for one another, so that each counts those before: limits hold exactly.
    await transaction.query('select from organizations where id = $1 for no key update', [organizationId]);
    const [first] = await transaction.query<{ id: string }>(
      `select id::text from datasets where organization_id = $1 and sha256 = $2 and status <> 'FAILED'`,
      [organizationId, sha256],
    );
    if (first !== undefined) return { duplicateOf: first.id };
    const used = await datasetUsage(transaction, organizationId);
    if (limits !== null && used.datasets >= limits.datasets) return { full: 'datasets' };
    if (limits !== null && used.datasetBytes + bytes > limits.datasetBytes) return { full: 'datasetBytes' };
    if (branchId !== null) {
      // It stays until the data set belongs to it.
      const branch = await transaction.query(
        'select id from branches where organization_id = $1 and id = $2 for key share',
        [organizationId, branchId],
      );
      if (branch.length === 0) return { noBranch: branchId };
    }
    await transaction.query(
      'insert into datasets (id, organization_id, name, sha256, bytes, branch_id) values ($1, $2, $3, $4, $5, $6)',
      [id, organizationId, name, sha256, bytes, branchId],
    );
    const job = await insertJob(transaction, { organizationId, kind: 'INGEST', input: { datasetId: id } });
    return { jobId: job.id };
  },
};
