import type { Database } from '../storage/database';
import { LOBBY } from './move';
import { textBetween } from './text-between';

export interface SampleOptions {
  readonly database: Database;
  /** Members looked at, at most. */
  readonly most?: number;
  /** Neighbours (by userId) looked at together. */
  readonly stretch?: number;
  /** 0..1: where the stretches start. */
  readonly random?: () => number;
}

/** What a member likes: `features` as `encodeFloats` writes them, in the vocabulary of the model. */
export interface SampledMember {
  readonly userId: string;
  readonly modelId: string;
  readonly features: string;
}

interface SampleRow extends SampledMember {
  readonly segmentKey: string;
}

/** Looks at who is there without looking at everybody. */
export class MemberSample {
  readonly #options: Required<SampleOptions>;

  constructor(options: SampleOptions) {
    this.#options = { most: 20_000, stretch: 1_000, random: Math.random, ...options };
  }

  /** Members by their room's segment key, from the counts that the rooms keep. */
  async countBySegment(organizationId: string): Promise<Map<string, number>> {
    const { database } = this.#options;
    const rows = await database.scope(organizationId).query<{ key: string; members: number }>(
      `select segment_key as key, sum(member_count)::integer as members
         from rooms where organization_id = $1 group by segment_key`,
      [organizationId],
    );
    return new Map(rows.map(({ key, members }) => [key, members]));
  }

  /**
   * Members with interests, in parts: all of them while the organization has few, else stretches from places all over
   * the userIds. Nobody twice.
   */
  async *read(organizationId: string): AsyncGenerator<readonly SampledMember[]> {
    const { most, stretch, random } = this.#options;
    const { members, first, last } = await this.#extent(organizationId);
    if (first === null || last === null) return;
    const isWhole = members <= most;
    const seen = new Set<string>();
    let after = '';
    for (let looked = 0; looked < most; looked += stretch) {
      if (!isWhole) after = textBetween(first, last, random);
      const rows = await this.#stretch(organizationId, after, Math.min(stretch, most - looked));
      yield rows.filter(({ userId, segmentKey }) => segmentKey !== LOBBY && !seen.has(userId));
      for (const { userId } of rows) seen.add(userId);
      if (isWhole && rows.length < stretch) return;
      after = rows.at(-1)?.userId ?? '';
    }
  }

  async #extent(
    organizationId: string,
  ): Promise<{ members: number; first: string | null; last: string | null }> {
    const [row] = await this.#options.database
      .scope(organizationId)
      .query<{ members: number; first: string | null; last: string | null }>(
        `select (select coalesce(sum(member_count), 0)::integer from cities where organization_id = $1) as members,
                (select min(user_id) from members where organization_id = $1) as first,
                (select max(user_id) from members where organization_id = $1) as last`,
        [organizationId],
      );
    return row ?? { members: 0, first: null, last: null };
  }

  #stretch(organizationId: string, after: string, size: number): Promise<SampleRow[]> {
    return this.#options.database.scope(organizationId).query<SampleRow>(
      `select user_id as "userId", segment_key as "segmentKey", model_id as "modelId",
              encode(features, 'hex') as features
         from members where organization_id = $1 and user_id > $2 order by user_id limit $3`,
      [organizationId, after, size],
    );
  }
}
