import { randomUUID } from 'node:crypto';
import type { Procedure, Queryable } from '../../storage/database';
import type { QuotaDefaults } from './membership-quota';
import type { Move, MoveResult } from './move';
import { type MembershipState, planMoves } from './plan-moves';

/** Moves that are written together, one per user. */
export interface MoveGroup {
  readonly organizationId: string;
  readonly defaults: QuotaDefaults;
  readonly moves: readonly Move[];
}

interface OpenedMoves {
  readonly state: MembershipState;
  readonly capacity: number | null;
  /** Some limit is so near that the group could pass it: the organization's usage is locked. */
  readonly isNear: boolean;
}

/** Locks and reads what the moves depend on, plans them, and writes the plan. Answers in the moves' order. */
export const procedure: Procedure<MoveGroup, readonly MoveResult[]> = {
  module: 'membership/moves/move-members',
  async run(transaction, { organizationId, defaults, moves }) {
    const [opened] = await transaction.query<{ state: string }>(
      'select open_moves($1, $2, $3, $4, $5, $6)::text as state',
      [
        organizationId,
        moves.map(({ userId }) => userId),
        moves.map(({ to }) => to?.cityKey ?? null),
        moves.map(({ to }) => to?.city ?? null),
        moves.map(({ to }) => to?.placement.segmentKey ?? null),
        JSON.stringify(defaults),
      ],
    );
    const { state, capacity, isNear } = parseOpened(opened?.state ?? '{}');
    const aliases = await readAliases(transaction, organizationId, moves, state.cities);
    const options = { organizationId, capacity, now: new Date(), newId: randomUUID };
    const plan = planMoves({ ...state, aliases }, moves, options);
    await transaction.last('select apply_moves($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)', [
      organizationId,
      JSON.stringify(plan.rooms),
      rowsOrNull(plan.openedRooms),
      rowsOrNull(plan.filledRooms),
      JSON.stringify(plan.cities),
      plan.unusedCities,
      JSON.stringify(plan.events),
      JSON.stringify(plan.members),
      plan.gone,
      plan.forgotten,
      JSON.stringify(plan.added),
      isNear ? null : JSON.stringify(state.limits),
    ]);
    return plan.results;
  },
};

/** Most moves go to a city by its own key: only the others take another look. */
async function readAliases(
  transaction: Queryable,
  organizationId: string,
  moves: readonly Move[],
  cities: MembershipState['cities'],
): Promise<NonNullable<MembershipState['aliases']>> {
  const known = new Set(cities.map(({ key }) => key));
  const keys = new Set(moves.flatMap(({ to }) => (to === null || known.has(to.cityKey) ? [] : [to.cityKey])));
  if (keys.size === 0) return [];
  return transaction.query(
    `select w.key, w.city_id::text as "cityId" from unnest($2::text[], city_ids($1, $2)) as w(key, city_id)`,
    [organizationId, [...keys]],
  );
}

function parseOpened(json: string): OpenedMoves {
  const { capacity, isNear, cities, members, rooms, ...quota } = JSON.parse(json);
  return {
    state: { ...quota, cities: cities ?? [], members: members ?? [], rooms: rooms ?? [] },
    capacity,
    isNear,
  };
}

function rowsOrNull(rows: readonly object[]): string | null {
  return rows.length === 0 ? null : JSON.stringify(rows);
}
