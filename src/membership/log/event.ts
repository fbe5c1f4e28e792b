export type MembershipEventKind = 'JOINED' | 'LEFT' | 'MOVED';

/** A room as one event saw it: `memberCount` is the count just after the event. */
export interface EventRoom {
  readonly id: string;
  /** The segment's number; null in the lobby. */
  readonly segmentNumber: number | null;
  readonly memberCount: number;
}

/**
 * One change of a city's rooms, numbered by `seq`: from 1, gapless and increasing within a city.
 * Plain JSON, so that it crosses any bus unchanged.
 */
export interface MembershipEvent {
  readonly organizationId: string;
  /** The city's own key, under which its events are announced: that of the name it began with. */
  readonly cityKey: string;
  /** The city's name. */
  readonly city: string;
  readonly seq: number;
  readonly kind: MembershipEventKind;
  /** Null once that person was forgotten. */
  readonly userId: string | null;
  /** The room joined, or left. */
  readonly room: EventRoom;
  /** MOVED: the room left. */
  readonly previousRoom: EventRoom | null;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** The stretch of a city's log that can still be read. A city nobody ever joined has
 * `seq: 0` and `oldestSeq: 1`. */
export interface LogPosition {
  /** The city's own key; the one that was asked for when there is no city of that name. */
  readonly cityKey: string;
  /** The last event's number; 0 when there is none. */
  readonly seq: number;
  /** The lowest number still kept. */
  readonly oldestSeq: number;
}

/** Read access to the membership log, by the key of any name of a city. */
export interface EventLog {
  position(organizationId: string, cityKey: string): Promise<LogPosition>;
  /** Up to `limit` events with `seq > after`, in order. */
  read(organizationId: string, cityKey: string, after: number, limit: number): Promise<MembershipEvent[]>;
}
