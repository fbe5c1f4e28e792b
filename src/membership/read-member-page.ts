import type { Procedure } from '../storage/database';

/** A member as a model is to score it anew; its numbers as `encodeFloats` writes them. */
export interface ScoredMember {
  readonly userId: string;
  readonly cityKey: string;
  readonly city: string;
  readonly segmentKey: string;
  readonly modelId: string;
  /** What was scored by that model. */
  readonly features: string;
  /** What the member said, where that model takes less of it; else both null. */
  readonly statedModelId: string | null;
  readonly statedFeatures: string | null;
}

interface WantedPage {
  readonly organizationId: string;
  readonly after: string;
  readonly size: number;
  readonly assignedUnder: string | null;
}

interface PageRow extends ScoredMember {
  readonly features: string;
  readonly isLeftOut: boolean;
}

/**
 * Reads a page of members along the index. Without statistics, which the embedded database never has, a plan would
 * rather read and sort all members that come after, for every page.
 */
export const procedure: Procedure<WantedPage, readonly PageRow[]> = {
  module: 'membership/read-member-page',
  async run(transaction, { organizationId, after, size, assignedUnder }) {
    await transaction.query(
      "select set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true)",
    );
    return transaction.last<PageRow>(
      `select m.user_id as "userId", c.key as "cityKey", c.name as city, m.segment_key as "segmentKey",
              m.model_id as "modelId", m.model_id is not distinct from $4 as "isLeftOut",
              case when m.model_id is distinct from $4 then encode(m.features, 'hex') end as features,
              m.stated_model_id as "statedModelId", encode(m.stated_features, 'hex') as "statedFeatures"
         from (select * from members where organization_id = $1 and user_id > $2 order by user_id limit $3) m
         join cities c on c.id = m.city_id
        order by m.user_id`,
      [organizationId, after, size, assignedUnder],
    );
  },
};
