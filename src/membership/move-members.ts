import { randomUUID } from 'node:crypto';
import type { Procedure } from '../storage/database';
import type { Move, MoveResult } from './move';
import { type MembershipState, planMoves } from './plan-moves';

/** Moves that are written together, one per user. */
export interface MoveGroup {
  readonly organizationId: string;
  /** Members per room before an overflow room opens; null: no limit. */
  readonly capacity: number | null;
  readonly moves: readonly Move[];
}

/** Locks and reads what the moves depend on, plans them, and writes the plan. Answers in the moves' order. */
export const procedure: Procedure<MoveGroup, readonly MoveResult[]> = {
  module: 'membership/move-members',
  async run(transaction, { organizationId, capacity, moves }) {
    const [opened] = await transaction.query<{ state: string }>(
      'select open_moves($1, $2, $3, $4, $5, $6)::text as state',
      [
        organizationId,
        moves.map(({ userId }) => userId),
        moves.map(({ to }) => to?.cityKey ?? null),
        moves.map(({ to }) => to?.city ?? null),
        moves.map(({ to }) => to?.placement.segmentKey ?? null),
        capacity,
      ],
    );
    const plan = planMoves(parseState(opened?.state ?? '{}'), moves, {
      organizationId,
      capacity,
      now: new Date(),
      newId: randomUUID,
    });
    await transaction.query('select apply_moves($1, $2, $3, $4, $5, $6, $7)', [
      organizationId,
      JSON.stringify(plan.rooms),
      JSON.stringify(plan.cities),
      JSON.stringify(plan.events),
      JSON.stringify(plan.members),
      plan.gone,
      plan.forgotten,
    ]);
    return plan.results;
  },
};

function parseState(json: string): MembershipState {
  const { cities, members, rooms } = JSON.parse(json) as {
    [K in keyof MembershipState]?: MembershipState[K] | null;
  };
  return { cities: cities ?? [], members: members ?? [], rooms: rooms ?? [] };
}
