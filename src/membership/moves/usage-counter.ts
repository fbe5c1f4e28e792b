import type { LimitedUsage, MembershipUsage } from './membership-quota';
import type { MoveResult } from './move';

/** Counts what a group of moves adds to an organization's usage, against their limits. */
export class UsageCounter {
  readonly #added = { members: 0, cities: 0, rooms: 0, events: 0 };

  constructor(
    private readonly usage: MembershipUsage,
    private readonly limits: MembershipUsage,
  ) {}

  get added(): MembershipUsage {
    return this.#added;
  }

  add(what: keyof MembershipUsage, count: number): void {
    this.#added[what] += count;
  }

  /** The first limit that there would be passed; null: none. */
  refusal(wanted: Readonly<Record<LimitedUsage, number>>): MoveResult['refused'] {
    for (const what of ['members', 'cities', 'rooms'] as const) {
      if (wanted[what] > 0 && this.excess(what) + wanted[what] > 0) return { what, limit: this.limits[what] };
    }
    return null;
  }

  /** How much more there is than may be; negative: how much more there may be. */
  excess(what: keyof MembershipUsage): number {
    return this.usage[what] + this.#added[what] - this.limits[what];
  }

  /** What is to be removed once there is more than may be: some more, so that it is seldom. */
  surplus(what: keyof MembershipUsage): number {
    const excess = this.excess(what);
    return excess <= 0 ? 0 : excess + Math.min(1_000, Math.floor(this.limits[what] / 10));
  }
}
