import type { Procedure } from '../storage/database';

export interface DatasetRemoval {
  readonly organizationId: string;
  readonly id: string;
}

/** What came of it: `neededBy` says who still needs the data set, which then stays. */
export type RemovedDataset = { readonly removed: boolean } | { readonly neededBy: string };

/** Deletes a data set and its reports, unless a model was trained on it or a job is at work on it. */
export const procedure: Procedure<DatasetRemoval, RemovedDataset> = {
  module: 'datasets/remove-dataset',
  async run(transaction, { organizationId, id }) {
    const mine = [organizationId, id];
    // Against jobs and models that would begin to need it just now.
    await transaction.query('select from datasets where organization_id = $1 and id = $2 for update', mine);
    const [model] = await transaction.query<{ name: string; version: number }>(
      'select name, version from models where organization_id = $1 and dataset_id = $2 order by version limit 1',
      mine,
    );
    if (model !== undefined) return { neededBy: `model "${model.name}" version ${model.version}` };
    const [job] = await transaction.query<{ id: string; kind: string }>(
      `select id::text, kind from jobs
        where organization_id = $1 and status in ('QUEUED', 'RUNNING') and input ->> 'datasetId' = $2 limit 1`,
      mine,
    );
    if (job !== undefined) return { neededBy: `job ${job.id} (${job.kind})` };
    const removed = await transaction.query(
      'delete from datasets where organization_id = $1 and id = $2 returning id',
      mine,
    );
    return { removed: removed.length > 0 };
  },
};
