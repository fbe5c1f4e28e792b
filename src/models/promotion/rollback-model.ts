import type { JobRecord } from '../../jobs/job';
import type { Procedure } from '../../storage/database';
import { type AliasAction, type AliasCause, lockAliases, pointAlias } from '../registry/alias';
import { queueReclustering } from './queue-reclustering';

export interface Rollback {
  readonly organizationId: string;
  readonly name: string;
  readonly by: string;
}

/** Null: there is nothing to go back to. */
export type RolledBack = { readonly modelId: string; readonly job: JobRecord | null } | null;

/** Makes that model champion again which was before the last promotion that still stands. */
export const procedure: Procedure<Rollback, RolledBack> = {
  module: 'models/promotion/rollback-model',
  async run(transaction, { organizationId, name, by }) {
    const served = await lockAliases(transaction, organizationId);
    const changes = await transaction.query<ChampionChange>(
      `select action, from_model_id as "from" from alias_changes
        where organization_id = $1 and name = $2 and alias = 'champion' order by id`,
      [organizationId, name],
    );
    const modelId = championBefore(changes);
    if (modelId === null) return null;
    const cause: AliasCause = { organizationId, name, action: 'ROLLED_BACK', by };
    await pointAlias(transaction, cause, 'champion', modelId);
    const job = name === served ? await queueReclustering(transaction, organizationId, modelId) : null;
    return { modelId, job };
  },
};

interface ChampionChange {
  readonly action: AliasAction;
  readonly from: string | null;
}

/** Every rollback takes back the last promotion that was not taken back yet. */
function championBefore(changes: readonly ChampionChange[]): string | null {
  const standing: (string | null)[] = [];
  for (const { action, from } of changes) {
    if (action === 'PROMOTED') standing.push(from);
    else standing.pop();
  }
  return standing.at(-1) ?? null;
}
