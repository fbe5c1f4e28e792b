import type { MembershipEvent } from './log/event';
import type { Rooms } from './rooms';

interface Counts {
  /** Members by segment number. */
  readonly members: Map<number, number>;
  readonly readAt: number;
}

/**
 * How many members every segment of an organization has. Read from the database once a second at most, and kept
 * right in between by the events of this process: so it costs no statement when every answer asks for it. Between
 * several processes it can be a second old.
 */
export class SegmentCounts {
  readonly #rooms: Pick<Rooms, 'memberCounts'>;
  readonly #freshMs: number;
  readonly #known = new Map<string, Counts>();
  readonly #reading = new Map<string, Promise<Counts>>();

  constructor(rooms: Pick<Rooms, 'memberCounts'>, freshMs = 1_000) {
    this.#rooms = rooms;
    this.#freshMs = freshMs;
  }

  /** @param segment its number. */
  async memberCount(organizationId: string, segment: number): Promise<number> {
    const known = this.#known.get(organizationId);
    const isFresh = known !== undefined && performance.now() - known.readAt < this.#freshMs;
    const { members } = isFresh ? known : await this.#read(organizationId);
    return members.get(segment) ?? 0;
  }

  /** Takes in events that were committed, before anybody is told of them. */
  record(events: readonly MembershipEvent[]): void {
    for (const { organizationId, kind, room, previousRoom } of events) {
      const counts = this.#known.get(organizationId);
      if (counts === undefined) continue;
      add(counts, room.segmentNumber, kind === 'LEFT' ? -1 : 1);
      if (previousRoom !== null) add(counts, previousRoom.segmentNumber, -1);
    }
  }

  #read(organizationId: string): Promise<Counts> {
    let reading = this.#reading.get(organizationId);
    if (reading === undefined) {
      reading = this.#rooms
        .memberCounts(organizationId)
        .then((members) => {
          const counts = { members, readAt: performance.now() };
          this.#known.set(organizationId, counts);
          return counts;
        })
        .finally(() => this.#reading.delete(organizationId));
      this.#reading.set(organizationId, reading);
    }
    return reading;
  }
}

function add({ members }: Counts, segment: number | null, delta: number): void {
  if (segment !== null) members.set(segment, (members.get(segment) ?? 0) + delta);
}
