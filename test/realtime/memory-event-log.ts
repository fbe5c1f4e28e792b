import type { EventLog, LogPosition, MembershipEvent } from '../../src/membership/log/event';

export const ORGANIZATION = 'nomads';
export const CITY = 'lisbon';

export function membershipEvent(seq: number, changes: Partial<MembershipEvent> = {}): MembershipEvent {
  return {
    organizationId: ORGANIZATION,
    cityKey: CITY,
    city: 'Lisbon',
    seq,
    kind: 'JOINED',
    userId: `user-${seq}`,
    room: { id: 'room-1', segmentNumber: 1, memberCount: seq },
    previousRoom: null,
    at: '2026-01-01T00:00:00.000Z',
    ...changes,
  };
}

/** The log of one city, as committed; counts its reads of events and of positions. */
export class MemoryEventLog implements EventLog {
  events: MembershipEvent[] = [];
  /** Keys of the names that the city was given later. */
  readonly names = new Set<string>();
  reads = 0;
  positions = 0;

  /** Commits the next `count` events. */
  append(count = 1, changes: Partial<MembershipEvent> = {}): MembershipEvent[] {
    const from = (this.events.at(-1)?.seq ?? 0) + 1;
    const appended = Array.from({ length: count }, (_, i) => membershipEvent(from + i, changes));
    this.events.push(...appended);
    return appended;
  }

  /** Forgets all but the last `count` events. */
  retain(count: number): void {
    this.events = this.events.slice(-count);
  }

  async position(_organizationId: string, cityKey: string): Promise<LogPosition> {
    this.positions++;
    await crossTheWire();
    if (cityKey !== CITY && !this.names.has(cityKey)) return { cityKey, seq: 0, oldestSeq: 1 };
    return { cityKey: CITY, seq: this.events.at(-1)?.seq ?? 0, oldestSeq: this.events[0]?.seq ?? 1 };
  }

  async read(
    _organizationId: string,
    cityKey: string,
    after: number,
    limit: number,
  ): Promise<MembershipEvent[]> {
    this.reads++;
    const page =
      cityKey === CITY || this.names.has(cityKey)
        ? this.events.filter(({ seq }) => seq > after).slice(0, limit)
        : [];
    await crossTheWire();
    return page;
  }
}

/** As with a database, an answer takes a turn of the event loop, in which others commit. */
function crossTheWire(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
