import type { Procedure } from '../storage/database';

export interface BranchRemoval {
  readonly organizationId: string;
  readonly id: string;
}

/** What came of it: a branch with data sets stays. */
export type RemovedBranch = { readonly removed: boolean } | { readonly neededBy: string };

/** Deletes a branch, unless a data set belongs to it. */
export const procedure: Procedure<BranchRemoval, RemovedBranch> = {
  module: 'organizations/remove-branch',
  async run(transaction, { organizationId, id }) {
    const mine = [organizationId, id];
    // Against a data set that would begin to belong to it just now.
    await transaction.query('select from branches where organization_id = $1 and id = $2 for update', mine);
    const [dataset] = await transaction.query<{ name: string }>(
      'select name from datasets where organization_id = $1 and branch_id = $2 limit 1',
      mine,
    );
    if (dataset !== undefined) return { neededBy: `the data set "${dataset.name}"` };
    const removed = await transaction.query(
      'delete from branches where organization_id = $1 and id = $2 returning id',
      mine,
    );
    return { removed: removed.length > 0 };
  },
};
