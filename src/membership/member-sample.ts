import type { Database } from '../storage/database';
import { LOBBY } from './moves/move';

export interface SampleOptions {
  readonly database: Database;
  /** Members looked at, at most. */
  readonly most?: number;
  /** Neighbours (by userId) looked at together. */
  readonly stretch?: number;
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

interface City {
  readonly id: string;
  readonly memberCount: number;
  readonly oldestSeq: number;
  readonly seq: number;
}

/** Looks at who is there without looking at everybody. */
export class MemberSample {
  readonly #options: Required<SampleOptions>;

  constructor(options: SampleOptions) {
    this.#options = { most: 20_000, stretch: 200, ...options };
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
   * Members with interests, in parts: all of them while the organization has few, else the neighbours of people from
   * all cities and times. Nobody twice.
   */
  async *read(organizationId: string): AsyncGenerator<readonly SampledMember[]> {
    const { most, stretch } = this.#options;
    const cities = await this.#cities(organizationId);
    const members = cities.reduce((sum, { memberCount }) => sum + memberCount, 0);
    if (members <= most) {
      yield* this.#readAll(organizationId);
      return;
    }
    const seen = new Set<string>();
    for (const start of await this.#starts(organizationId, cities, Math.floor(most / stretch))) {
      const rows = await this.#stretch(organizationId, start);
      yield rows.filter(({ userId, segmentKey }) => segmentKey !== LOBBY && !seen.has(userId));
      for (const { userId } of rows) seen.add(userId);
    }
  }

  async *#readAll(organizationId: string): AsyncGenerator<readonly SampledMember[]> {
    for (let after: string | undefined = ''; after !== undefined; ) {
      const rows: SampleRow[] = await this.#stretch(organizationId, after);
      yield rows.filter(({ segmentKey }) => segmentKey !== LOBBY);
      after = rows.at(-1)?.userId;
    }
  }

  #cities(organizationId: string): Promise<City[]> {
    return this.#options.database.scope(organizationId).query<City>(
      `select id::text, member_count as "memberCount", oldest_seq as "oldestSeq", seq
         from cities where organization_id = $1 and member_count > 0`,
      [organizationId],
    );
  }

  /**
   * Random people: those of random events, cities with many members more often. The log can be asked for any number
   * of an event, the members only for what their ids begin with, which may well tell when they came.
   */
  async #starts(organizationId: string, cities: readonly City[], count: number): Promise<string[]> {
    const picked = Array.from({ length: count }, () => pickByMembers(cities));
    const rows = await this.#options.database.scope(organizationId).query<{ userId: string }>(
      `select distinct e.user_id as "userId"
         from unnest($2::bigint[], $3::integer[]) as picked(city_id, seq)
         join membership_events e using (city_id, seq)
        where e.organization_id = $1 and e.user_id is not null`,
      [
        organizationId,
        picked.map(({ id }) => id),
        picked.map(({ oldestSeq, seq }) => oldestSeq + Math.floor(Math.random() * (seq - oldestSeq + 1))),
      ],
    );
    return rows.map(({ userId }) => userId);
  }

  #stretch(organizationId: string, after: string): Promise<SampleRow[]> {
    return this.#options.database.scope(organizationId).query<SampleRow>(
      `select user_id as "userId", segment_key as "segmentKey", model_id as "modelId",
              encode(features, 'hex') as features
         from members where organization_id = $1 and user_id > $2 order by user_id limit $3`,
      [organizationId, after, this.#options.stretch],
    );
  }
}

/** @param cities at least one. */
function pickByMembers(cities: readonly City[]): City {
  const members = cities.reduce((sum, { memberCount }) => sum + memberCount, 0);
  let left = Math.random() * members;
  const picked = cities.find(({ memberCount }) => {
    left -= memberCount;
    return left < 0;
  });
  return picked ?? (cities[0] as City);
}
