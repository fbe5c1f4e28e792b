import type { Database } from '../storage/database';

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

export interface MemberPage {
  /** All members of the page but those that were left out. */
  readonly members: readonly ScoredMember[];
  /** Members of the page. */
  readonly passed: number;
  /** Where the next page starts; null: this was the last one. */
  readonly next: string | null;
}

interface PageRow extends ScoredMember {
  readonly features: string;
  readonly isLeftOut: boolean;
}

/** Reads all members of an organization, by userId, in pages: none takes the database long, however many there are. */
export class MemberPages {
  constructor(private readonly database: Database) {}

  /** How many members there are: the sum of the counts that the cities keep. */
  async count(organizationId: string): Promise<number> {
    const [row] = await this.database
      .scope(organizationId)
      .query<{ members: number }>(
        'select coalesce(sum(member_count), 0)::integer as members from cities where organization_id = $1',
        [organizationId],
      );
    return row?.members ?? 0;
  }

  /**
   * @param after the userId before the page; '' for the first one.
   * @param assignedUnder leaves out the members that this model assigned; null: nobody.
   */
  async read(
    organizationId: string,
    after: string,
    size: number,
    assignedUnder: string | null = null,
  ): Promise<MemberPage> {
    const rows = await this.database.scope(organizationId).query<PageRow>(
      `select m.user_id as "userId", c.key as "cityKey", c.name as city, m.segment_key as "segmentKey",
              m.model_id as "modelId", m.model_id is not distinct from $4 as "isLeftOut",
              case when m.model_id is distinct from $4 then encode(m.features, 'hex') end as features,
              m.stated_model_id as "statedModelId", encode(m.stated_features, 'hex') as "statedFeatures"
         from (select * from members where organization_id = $1 and user_id > $2 order by user_id limit $3) m
         join cities c on c.id = m.city_id
        order by m.user_id`,
      [organizationId, after, size, assignedUnder],
    );
    return {
      members: rows.filter(({ isLeftOut }) => !isLeftOut),
      passed: rows.length,
      next: rows.length < size ? null : (rows.at(-1)?.userId ?? null),
    };
  }
}
