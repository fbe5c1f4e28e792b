import { randomUUID } from 'node:crypto';
import type { Procedure } from '../storage/database';
import type { Move, MoveResult } from './move';
import { type MembershipState, planMoves } from './plan-moves';
import type { ShareDefaults } from './shares';

/** Moves that are written together, one per user. */
export interface MoveGroup {
  readonly organizationId: string;
  readonly defaults: ShareDefaults;
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
  module: 'membership/move-members',
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
    const plan = planMoves(state, moves, { organizationId, capacity, now: new Date(), newId: randomUUID });
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

function parseOpened(json: string): OpenedMoves {
  const { capacity, isNear, cities, members, rooms, ...shares } = JSON.parse(json);
  return {
    state: { ...shares, cities: cities ?? [], members: members ?? [], rooms: rooms ?? [] },
    capacity,
    isNear,
  };
}

function rowsOrNull(rows: readonly object[]): string | null {
  return rows.length === 0 ? null : JSON.stringify(rows);
}
