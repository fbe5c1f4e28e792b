import { isIsoTime } from './iso-time';
import { asUuid } from './uuid';

/**
 * The order of lists that begin with the newest. A place in such a list is written from a row's time and id alone: the
 * number that the database gave it would tell how much other organizations do. The number only decides between rows of
 * the same moment, which the embedded database counts in milliseconds.
 */
const PLACE = /^(\S{23})\d{3}Z (\S{36})$/;

/** Whether a text can be a place, so that the database can read it. */
export function isAgePlace(text: string): boolean {
  const [, time, id = ''] = PLACE.exec(text) ?? [];
  return isIsoTime(`${time}Z`) && asUuid(id) !== null;
}

/** Which lists are ordered so, and by which column. */
type AgeTable = 'jobs.created_at' | 'datasets.created_at' | 'audit_log.at';

/** SQL: a row's place, whatever its table is called. @param time the column that the list goes by. */
export function agePlace(time: 'created_at' | 'at'): string {
  return `to_char(${time} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || ' ' || id`;
}

/**
 * SQL: the clauses that list rows of the organization `$1` from the newest on, at most `$3`, after the place `$2` unless
 * that is null. The row at the place may be deleted: rows of its very moment may then come twice, but none is left out.
 */
export function newestFirst(column: AgeTable): string {
  const [table] = column.split('.');
  return `where ${table}.organization_id = $1
      and ($2::text is null or (${column}, ${table}.number) <
            (split_part($2, ' ', 1)::timestamptz, coalesce(
              (select number from ${table} p where p.organization_id = $1 and p.id = split_part($2, ' ', 2)::uuid),
              ${Number.MAX_SAFE_INTEGER})))
    order by ${column} desc, ${table}.number desc limit $3`;
}
