import { isIsoTime } from '../../iso-time';
import type { Database } from '../../storage/database';
import { asUuid } from '../../uuid';
import type { Page, PageRequest } from '../room';
import type { MembershipEvent } from './event';
import { EVENT_COLUMNS, type EventRow, toEvent } from './sql-event-log';

const LARGEST_SEQ = 2 ** 31 - 1;
const PLACE = /^(\S+) (JOINED|LEFT|MOVED) (\S+) ([1-9]\d{0,9})$/;

/** Whether a text can be a place among a person's events, so that the database can read it. */
export function isEventPlace(text: string): boolean {
  const [, at = '', , roomId = '', seq] = PLACE.exec(text) ?? [];
  return isIsoTime(at) && asUuid(roomId) !== null && Number(seq) <= LARGEST_SEQ;
}

/** An event's place among a person's: all that tells it from others of the same moment, and of other cities. */
export function eventPlace({ at, kind, room, seq }: MembershipEvent): string {
  return `${at} ${kind} ${room.id} ${seq}`;
}

/** A page of what the cities' logs say of a person, in the order of its happening. It reads no more than the page. */
export async function readEventsOfUser(
  database: Database,
  organizationId: string,
  userId: string,
  { first, after }: PageRequest<string>,
): Promise<Page<MembershipEvent>> {
  const [at, kind, roomId, seq] = after?.split(' ') ?? [];
  const rows = await database.scope(organizationId).query<EventRow>(
    `select ${EVENT_COLUMNS}
       from events_of_user($1, $2, $3, $4, $5, $6, $7) with ordinality e
      cross join lateral (select key, name from cities x where x.id = e.city_id limit 1) c
      order by e.ordinality`,
    [
      organizationId,
      userId,
      at ?? null,
      kind === undefined ? null : kind === 'JOINED',
      roomId ?? null,
      seq ?? null,
      first + 1,
    ],
  );
  const events = rows.map((row) => toEvent(organizationId, row));
  return { items: events.slice(0, first), hasMore: events.length > first };
}
