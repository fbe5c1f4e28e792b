import { LOBBY } from '../../membership/moves/move';

/** How members fare when another model assigns them. */
export interface Tally {
  readonly total: number;
  /** Members who stay in their room. */
  readonly unchanged: number;
  /** The largest group first. */
  readonly moves: readonly SegmentMove[];
}

/** Members who go from one segment's rooms to another's: segments by their keys, null is the lobby. */
export interface SegmentMove {
  readonly from: string | null;
  readonly to: string | null;
  readonly members: number;
}

/** Counts who goes where. */
export class MoveTally {
  readonly #moves = new Map<string, { from: string; to: string; members: number }>();
  #unchanged = 0;

  stay(members: number): void {
    this.#unchanged += members;
  }

  /** One member, from one segment's key to another, which may be the same. */
  add(from: string, to: string): void {
    if (from === to) {
      this.#unchanged += 1;
      return;
    }
    const key = JSON.stringify([from, to]);
    const move = this.#moves.get(key);
    if (move === undefined) this.#moves.set(key, { from, to, members: 1 });
    else move.members += 1;
  }

  total(): Tally {
    const moves = [...this.#moves.values()].sort(
      (a, b) => b.members - a.members || compare(a.from, b.from) || compare(a.to, b.to),
    );
    return {
      total: moves.reduce((sum, { members }) => sum + members, this.#unchanged),
      unchanged: this.#unchanged,
      moves: moves.map(({ from, to, members }) => ({ from: segment(from), to: segment(to), members })),
    };
  }
}

function segment(key: string): string | null {
  return key === LOBBY ? null : key;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
