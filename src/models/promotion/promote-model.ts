import type { JobRecord } from '../../jobs/job';
import type { Procedure } from '../../storage/database';
import { type AliasCause, lockAliases, modelAt, pointAlias } from '../registry/alias';
import { queueReclustering } from './queue-reclustering';

export interface Promotion {
  readonly organizationId: string;
  readonly name: string;
  readonly modelId: string;
  readonly by: string;
}

/** Makes a model its name's champion. Answers the job that brings the members after, if there is one. */
export const procedure: Procedure<Promotion, JobRecord | null> = {
  module: 'models/promotion/promote-model',
  async run(transaction, { organizationId, name, modelId, by }) {
    const served = await lockAliases(transaction, organizationId);
    const cause: AliasCause = { organizationId, name, action: 'PROMOTED', by };
    if ((await modelAt(transaction, cause, 'champion')) === modelId) return null;
    await pointAlias(transaction, cause, 'champion', modelId);
    if ((await modelAt(transaction, cause, 'challenger')) === modelId) {
      await pointAlias(transaction, cause, 'challenger', null);
    }
    return name === served ? queueReclustering(transaction, organizationId, modelId) : null;
  },
};
