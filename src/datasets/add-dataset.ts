import { insertJob } from '../jobs/insert-job';
import type { Procedure } from '../storage/database';

export interface NewDataset {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  /** Null: of none. */
  readonly branchId: string | null;
}

export type AddedDataset =
  | { readonly jobId: string }
  | { readonly duplicateOf: string }
  | { readonly noBranch: string };

/** Keeps a new data set and queues the job that reads it, unless the organization has the same bytes already. */
export const procedure: Procedure<NewDataset, AddedDataset> = {
  module: 'datasets/add-dataset',
  async run(transaction, { id, organizationId, name, sha256, bytes, branchId }) {
    if (branchId !== null) {
      // It stays until the data set belongs to it.
      const branch = await transaction.query(
        'select id from branches where organization_id = $1 and id = $2 for key share',
        [organizationId, branchId],
      );
      if (branch.length === 0) return { noBranch: branchId };
    }
    const added = await transaction.query(
      `insert into datasets (id, organization_id, name, sha256, bytes, branch_id)
       values ($1, $2, $3, $4, $5, $6)
       on conflict (organization_id, sha256) where status <> 'FAILED' do nothing returning id`,
      [id, organizationId, name, sha256, bytes, branchId],
    );
    if (added.length === 0) {
      const [first] = await transaction.query<{ id: string }>(
        `select id::text from datasets where organization_id = $1 and sha256 = $2 and status <> 'FAILED'`,
        [organizationId, sha256],
      );
      return { duplicateOf: first?.id ?? id };
    }
    const job = await insertJob(transaction, { organizationId, kind: 'INGEST', input: { datasetId: id } });
    return { jobId: job.id };
  },
};
