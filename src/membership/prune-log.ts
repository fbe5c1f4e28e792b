import type { Procedure } from '../storage/database';

export interface Pruning {
  readonly organizationId: string;
  readonly cityKey: string;
  /** The first event to keep. */
  readonly oldestSeq: number;
}

/** Deletes a city's events before `oldestSeq`, under the city's lock as all that writes its log. */
export const procedure: Procedure<Pruning, null> = {
  module: 'membership/prune-log',
  async run(transaction, { organizationId, cityKey, oldestSeq }) {
    const [city] = await transaction.query<{ id: string }>(
      `update cities set oldest_seq = greatest(oldest_seq, $3)
        where organization_id = $1 and key = $2 returning id::text`,
      [organizationId, cityKey, oldestSeq],
    );
    await transaction.query('delete from membership_events where city_id = $1 and seq < $2', [
      city?.id,
      oldestSeq,
    ]);
    return null;
  },
};
