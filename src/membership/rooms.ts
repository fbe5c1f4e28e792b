import { ClientError } from '../errors';
import type { Database } from '../storage/database';
import { decodeFloats } from './floats';
import type { CityRecord, MemberRecord, Page, PageRequest, RoomRecord } from './room';

const ROOM = `json_build_object('id', r.id, 'cityId', r.city_id::text, 'city', c.name, 'segmentKey', r.segment_key,
  'segmentNumber', r.segment_number, 'ordinal', r.ordinal, 'memberCount', r.member_count)`;

/** All rooms of a city are one answer, and this many are still no burden for others. */
const MOST_ROOMS = 10_000;

/** A city; its rooms, where they are wanted, in the same statement, so that `seq` and the counts are of one moment. */
function cityColumns({ withRooms }: CityRequest): string {
  const rooms = `(
    select coalesce(json_agg(${ROOM} order by r.segment_number nulls first, r.ordinal), '[]')
      from (select * from rooms x where x.city_id = c.id limit ${MOST_ROOMS + 1}) r)`;
  return `c.name_key as key, c.name, c.seq, c.member_count as "memberCount", ${withRooms ? rooms : 'null'} as rooms`;
}

interface CityRequest {
  /** Whether the rooms are read, too. */
  readonly withRooms: boolean;
}

/**
 * The id of the city of the organization `$1` that has or had the name of the key `$2`. By the function, whose plan no
 * statistics change; as a subquery, so that it is asked once.
 */
export const ID_BY_NAME = '(select (city_ids($1, array[$2]))[1])';
export const CITY_BY_NAME = `(select * from cities where id = ${ID_BY_NAME}) c`;

/** Not "=", which would let a plan read all that the organization has and filter it. */
const OWN = 'x.organization_id is not distinct from $1';

/** A join that can only look the city up by its id: statistics that are wrong or missing make no other plan of it. */
const ITS_CITY = (row: 'm' | 'r') =>
  `cross join lateral (select name from cities x where x.id = ${row}.city_id limit 1) c`;

const MEMBER = `m.user_id, m.city_id::text, c.name as city, m.room_id::text, m.segment_key, m.model_id, 
  encode(m.features, 'hex') as features, encode(m.affinities, 'hex') as affinities, m.assigned_at`;

interface MemberRow {
  user_id: string;
  city_id: string;
  city: string;
  room_id: string;
  segment_key: string;
  model_id: string;
  features: string;
  affinities: string;
  assigned_at: Date;
}

/** Reads cities, rooms and members. Every method asks for many at once and answers in any order. */
export class Rooms {
  constructor(private readonly database: Database) {}

  /** @throws ClientError TOO_COMPLEX when rooms are wanted and there are too many. */
  async city(
    organizationId: string,
    key: string,
    request: CityRequest = { withRooms: true },
  ): Promise<CityRecord | null> {
    const [city] = await this.database
      .scope(organizationId)
      .query<CityRecord>(`select ${cityColumns(request)} from ${CITY_BY_NAME}`, [organizationId, key]);
    if (city !== undefined) checkRooms(city);
    return city ?? null;
  }

  /** The ids of the cities that have or had these names, by their keys, in the keys' order; null: there is none. */
  async cityIds(organizationId: string, keys: readonly string[]): Promise<(string | null)[]> {
    const [row] = await this.database
      .scope(organizationId)
      .query<{ ids: (string | null)[] }>('select city_ids($1, $2)::text[] as ids', [organizationId, keys]);
    return row?.ids ?? [];
  }

  /**
   * Cities by name; a place is a name's key.
   *
   * @throws ClientError TOO_COMPLEX when rooms are wanted and there are too many.
   */
  async cities(
    organizationId: string,
    { first, after }: PageRequest<string>,
    request: CityRequest = { withRooms: true },
  ): Promise<Page<CityRecord>> {
    const rows = await this.database.scope(organizationId).query<CityRecord>(
      `select ${cityColumns(request)} from cities c
        where c.organization_id = $1 and ($2::text is null or c.name_key > $2) order by c.name_key limit $3`,
      [organizationId, after, first + 1],
    );
    checkRooms(...rows);
    return page(rows, first);
  }

  async rooms(organizationId: string, ids: readonly string[]): Promise<RoomRecord[]> {
    const rows = await this.database.scope(organizationId).query<{ room: RoomRecord }>(
      `select ${ROOM} as room
         from unnest($2::uuid[]) as wanted(id)
        cross join lateral (
          select * from rooms x where x.id = wanted.id and ${OWN} limit 1) r
        ${ITS_CITY('r')}`,
      [organizationId, ids],
    );
    return rows.map(({ room }) => room);
  }

  async members(organizationId: string, userIds: readonly string[]): Promise<MemberRecord[]> {
    const rows = await this.database.scope(organizationId).query<MemberRow>(
      `select ${MEMBER}
         from unnest($2::text[]) as wanted(user_id)
        cross join lateral (
          select * from members x where x.organization_id = $1 and x.user_id = wanted.user_id limit 1) m
        ${ITS_CITY('m')}`,
      [organizationId, userIds],
    );
    return rows.map(memberRecord);
  }

  /** The same page of several rooms' members, by userId, in one statement; a place is a userId. */
  async membersOfRooms(
    organizationId: string,
    roomIds: readonly string[],
    { first, after }: PageRequest<string>,
  ): Promise<Map<string, Page<MemberRecord>>> {
    const rows = await this.database.scope(organizationId).query<MemberRow>(
      `select ${MEMBER}
         from unnest($2::uuid[]) as wanted(room_id)
        cross join lateral (
          select * from members x
           where x.room_id = wanted.room_id and ${OWN} and ($3::text is null or x.user_id collate "POSIX" > $3)
           order by x.user_id collate "POSIX" limit $4) m
        ${ITS_CITY('m')}
        order by m.room_id, m.user_id`,
      [organizationId, roomIds, after, first + 1],
    );
    const byRoom = new Map<string, MemberRecord[]>(roomIds.map((id) => [id, []]));
    for (const row of rows) byRoom.get(row.room_id)?.push(memberRecord(row));
    return new Map([...byRoom].map(([id, members]) => [id, page(members, first)]));
  }

  /** Members by segment number: the sums of the counts that the rooms keep. */
  async memberCounts(organizationId: string): Promise<Map<number, number>> {
    const rows = await this.database.scope(organizationId).query<{ segment_number: number; members: number }>(
      `select segment_number, sum(member_count)::integer as members
         from rooms where organization_id = $1 and segment_number is not null group by segment_number`,
      [organizationId],
    );
    return new Map(rows.map(({ segment_number, members }) => [segment_number, members]));
  }
}

/** @throws ClientError TOO_COMPLEX when the cities have more rooms together than one answer may hold. */
function checkRooms(...cities: readonly CityRecord[]): void {
  const count = cities.reduce((sum, { rooms }) => sum + (rooms?.length ?? 0), 0);
  if (count <= MOST_ROOMS) return;
  throw new ClientError(
    'TOO_COMPLEX',
    `rooms would list more than ${MOST_ROOMS}, the most at once: ask for fewer cities, or set a larger room capacity.`,
  );
}

function page<Item>(rows: Item[], first: number): Page<Item> {
  return { items: rows.slice(0, first), hasMore: rows.length > first };
}

function memberRecord(row: MemberRow): MemberRecord {
  return {
    userId: row.user_id,
    cityId: row.city_id,
    city: row.city,
    roomId: row.room_id,
    segmentKey: row.segment_key,
    modelId: row.model_id,
    features: decodeFloats(row.features),
    affinities: decodeFloats(row.affinities),
    assignedAt: row.assigned_at.toISOString(),
  };
}
