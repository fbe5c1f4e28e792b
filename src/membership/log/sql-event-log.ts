import type { Database } from '../../storage/database';
import { CITY_BY_NAME } from '../rooms';
import type { EventLog, EventRoom, LogPosition, MembershipEvent, MembershipEventKind } from './event';
import { procedure as pruneLog } from './prune-log';

/** `EventRow` of events `e` in cities `c`. */
export const EVENT_COLUMNS = `c.key as city_key, c.name as city, e.seq, e.kind, e.user_id, e.room_id::text, e.room_segment_number, e.room_member_count,
  e.previous_room_id::text, e.previous_room_segment_number, e.previous_room_member_count, e.at`;

export interface EventRow {
  city_key: string;
  city: string;
  seq: number;
  kind: MembershipEventKind;
  user_id: string | null;
  room_id: string;
  room_segment_number: number | null;
  room_member_count: number;
  previous_room_id: string | null;
  previous_room_segment_number: number | null;
  previous_room_member_count: number | null;
  at: Date;
}

export interface SqlEventLogOptions {
  readonly database: Database;
  /** An organization's events kept per city. */
  readonly retention: (organizationId: string) => Promise<number>;
}

/** Rows that may lie beyond the retention before they are deleted, so that deleting is seldom. */
function slack(retention: number): number {
  return Math.min(1_000, Math.ceil(retention / 10));
}

/** The membership log in the database. `retention` holds exactly for readers; rows are deleted a bit later. */
export class SqlEventLog implements EventLog {
  readonly #database: Database;
  readonly #retention: SqlEventLogOptions['retention'];

  constructor({ database, retention }: SqlEventLogOptions) {
    this.#database = database;
    this.#retention = retention;
  }

  async position(organizationId: string, cityKey: string): Promise<LogPosition> {
    const retention = await this.#retention(organizationId);
    const [row] = await this.#database
      .scope(organizationId)
      .query<{ key: string; seq: number; oldest_seq: number }>(
        `select key, seq, oldest_seq from ${CITY_BY_NAME}`,
        [organizationId, cityKey],
      );
    if (row === undefined) return { cityKey, seq: 0, oldestSeq: 1 };
    const { key, seq, oldest_seq } = row;
    return { cityKey: key, seq, oldestSeq: Math.max(oldest_seq, seq - retention + 1) };
  }

  async read(
    organizationId: string,
    cityKey: string,
    after: number,
    limit: number,
  ): Promise<MembershipEvent[]> {
    const retention = await this.#retention(organizationId);
    const rows = await this.#database.scope(organizationId).query<EventRow>(
      `select ${EVENT_COLUMNS}
         from ${CITY_BY_NAME}
        cross join lateral (
          select * from membership_events x
           where x.city_id = c.id and x.seq > greatest($3, c.seq - $5) order by x.seq limit $4) e
        order by e.seq`,
      [organizationId, cityKey, after, limit, retention],
    );
    return rows.map((row) => toEvent(organizationId, row));
  }

  /** Deletes what is beyond the retention, for the cities whose events were just written. */
  async prune(events: readonly MembershipEvent[]): Promise<void> {
    for (const organizationId of new Set(events.map((event) => event.organizationId))) {
      const retention = await this.#retention(organizationId);
      const due = events.filter(
        (event) =>
          event.organizationId === organizationId &&
          event.seq > retention &&
          event.seq % slack(retention) === 0,
      );
      // Once for a city, whatever number of its events are due: the last one covers the others.
      for (const { cityKey, seq } of new Map(due.map((event) => [event.cityKey, event])).values()) {
        const oldestSeq = seq - retention + 1;
        await this.#database.scope(organizationId).call(pruneLog, { organizationId, cityKey, oldestSeq });
      }
    }
  }
}

export function toEvent(organizationId: string, row: EventRow): MembershipEvent {
  return {
    organizationId,
    cityKey: row.city_key,
    city: row.city,
    seq: row.seq,
    kind: row.kind,
    userId: row.user_id,
    room: eventRoom(row.room_id, row.room_segment_number, row.room_member_count),
    previousRoom:
      row.previous_room_id === null
        ? null
        : eventRoom(
            row.previous_room_id,
            row.previous_room_segment_number,
            row.previous_room_member_count ?? 0,
          ),
    at: row.at.toISOString(),
  };
}

function eventRoom(id: string, segmentNumber: number | null, memberCount: number): EventRoom {
  return { id, segmentNumber, memberCount };
}
