import type { Procedure } from '../../storage/database';
import { ID_BY_NAME } from '../rooms';

export interface Pruning {
  readonly organizationId: string;
  readonly cityKey: string;
  /** The first event to keep. */
  readonly oldestSeq: number;
}

/** Deletes a city's events before `oldestSeq`, under the city's lock as all that writes its log. */
export const procedure: Procedure<Pruning, null> = {
  module: 'membership/log/prune-log',
  async run(transaction, { organizationId, cityKey, oldestSeq }) {
    const [city] = await transaction.query<{ id: string; pruned: number }>(
      `select id::text, $3 - oldest_seq as pruned from cities where id = ${ID_BY_NAME} for no key update`,
      [organizationId, cityKey, oldestSeq],
    );
    if (city === undefined || city.pruned <= 0) return null;
    await transaction.query('update cities set oldest_seq = $2 where id = $1', [city.id, oldestSeq]);
    await transaction.query('delete from membership_events where city_id = $1 and seq < $2', [
      city.id,
      oldestSeq,
    ]);
    await transaction.query('update organization_usage set events = events - $2 where organization_id = $1', [
      organizationId,
      city.pruned,
    ]);
    return null;
  },
};
