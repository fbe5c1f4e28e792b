import type { Procedure } from '../storage/database';

const MOST_BRANCHES = 1_000;

export interface BranchToWrite {
  readonly organizationId: string;
  readonly id: string;
  readonly name: string;
  /** False: it is there already, and to be renamed. */
  readonly isNew: boolean;
}

/** `taken`: another branch has the name. `full`: there are as many as there may be. */
export type WrittenBranch = 'written' | 'taken' | 'full' | 'absent';

/** Adds or renames a branch. */
export const procedure: Procedure<BranchToWrite, WrittenBranch> = {
  module: 'organizations/write-branch',
  async run(transaction, { organizationId, id, name, isNew }) {
    // Against another one that would take the same name, or the last place, just now.
    await transaction.query('select from organizations where id = $1 for no key update', [organizationId]);
    const [found] = await transaction.query<{ branches: number; taken: boolean; known: boolean }>(
      `select count(*)::integer as branches, coalesce(bool_or(name = $2 and id <> $3), false) as taken,
              coalesce(bool_or(id = $3), false) as known
         from branches where organization_id = $1`,
      [organizationId, name, id],
    );
    if (found?.taken) return 'taken';
    if (!isNew && !found?.known) return 'absent';
    if (isNew && (found?.branches ?? 0) >= MOST_BRANCHES) return 'full';
    await transaction.query(
      `insert into branches (id, organization_id, name) values ($1, $2, $3)
       on conflict (id) do update set name = excluded.name where branches.organization_id = $2`,
      [id, organizationId, name],
    );
    return 'written';
  },
};
