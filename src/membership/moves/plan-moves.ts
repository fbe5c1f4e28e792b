import type { EventRoom, MembershipEvent, MembershipEventKind } from '../log/event';
import { trimLogs } from '../log/trim-logs';
import type { MembershipUsage } from './membership-quota';
import type { Move, MovedRoom, MoveResult, Placement } from './move';
import { UsageCounter } from './usage-counter';

/** What a group of moves depends on, read under its locks. */
export interface MembershipState {
  readonly cities: readonly {
    id: string;
    key: string;
    name: string;
    seq: number;
    /** The first event that is still kept. */
    oldestSeq: number;
    memberCount: number;
    /** It was made for this group, and is taken back unless somebody enters it. */
    isNew: boolean;
  }[];
  /** The cities of keys that are not their own: of names that they were given later. */
  readonly aliases?: readonly { key: string; cityId: string }[];
  readonly members: readonly {
    userId: string;
    cityId: string;
    roomId: string;
    segmentKey: string;
    modelId: string;
    /** As `encodeFloats` writes them. */
    features: string;
    assignedAt: string;
  }[];
  /** Ordered by ordinal; those that are full may be left out, but for the last of each segment. */
  readonly rooms: readonly MovedRoom[];
  /** What the organization has, and may have; the new cities do not count yet. */
  readonly usage: MembershipUsage;
  readonly limits: MembershipUsage;
}

/** Final rows to write, named as the tables' columns. */
export interface MovePlan {
  readonly results: readonly MoveResult[];
  readonly rooms: readonly object[];
  /** Rooms that have space now and had none, and the reverse. */
  readonly openedRooms: readonly object[];
  readonly filledRooms: readonly object[];
  readonly cities: readonly object[];
  /** Ids of new cities that nobody entered. */
  readonly unusedCities: readonly string[];
  readonly events: readonly object[];
  readonly members: readonly object[];
  readonly gone: readonly string[];
  readonly forgotten: readonly string[];
  /** What the organization has more by this. */
  readonly added: MembershipUsage;
}

export interface PlanOptions {
  readonly organizationId: string;
  /** Members per room before an overflow room opens; null: no limit. */
  readonly capacity: number | null;
  readonly now: Date;
  readonly newId: () => string;
}

type City = {
  -readonly [K in keyof MembershipState['cities'][number]]: MembershipState['cities'][number][K];
};
type Room = { -readonly [K in keyof MovedRoom]: MovedRoom[K] };
type Member = MembershipState['members'][number];

/**
 * Decides what a group of moves does, one after the other: which room takes whom, what the log says, what the
 * counts become. Pure; a user may stand only once in a group.
 */
export function planMoves(state: MembershipState, moves: readonly Move[], options: PlanOptions): MovePlan {
  return new Planner(state, options).plan(moves);
}

class Planner {
  readonly #options: PlanOptions;
  readonly #at: string;
  readonly #cities = new Map<string, City>();
  readonly #cityIds = new Map<string, string>();
  readonly #members = new Map<string, Member>();
  readonly #rooms = new Map<string, Room>();
  /** By city and segment, ordered by ordinal. */
  readonly #roomsOf = new Map<string, Room[]>();
  /** With whether each had space before. */
  readonly #changedRooms = new Map<Room, boolean>();
  readonly #changedCities = new Set<City>();
  readonly #events: MembershipEvent[] = [];
  readonly #eventRows: object[] = [];
  readonly #memberRows: object[] = [];
  readonly #usage: UsageCounter;

  constructor(state: MembershipState, options: PlanOptions) {
    this.#options = options;
    this.#usage = new UsageCounter(state.usage, state.limits);
    this.#at = options.now.toISOString();
    for (const city of state.cities) {
      this.#cities.set(city.id, { ...city });
      this.#cityIds.set(city.key, city.id);
    }
    for (const { key, cityId } of state.aliases ?? []) this.#cityIds.set(key, cityId);
    for (const member of state.members) this.#members.set(member.userId, member);
    for (const room of state.rooms) this.#addRoom({ ...room });
  }

  plan(moves: readonly Move[]): MovePlan {
    const results = moves.map((move) => this.#move(move));
    const leavers = moves.filter((move) => move.to === null);
    const trimmed = trimLogs([...this.#cities.values()], this.#usage);
    for (const city of trimmed) this.#changedCities.add(city);
    return {
      results,
      ...this.#roomRows(),
      cities: [...this.#changedCities].map((city) => ({
        id: city.id,
        seq: city.seq,
        oldest_seq: city.oldestSeq,
        member_count: city.memberCount,
        isTrimmed: trimmed.has(city),
      })),
      unusedCities: [...this.#cities.values()].filter(isUnused).map(({ id }) => id),
      events: this.#eventRows,
      members: this.#memberRows,
      gone: leavers.map(({ userId }) => userId),
      forgotten: leavers.filter(({ forget }) => forget).map(({ userId }) => userId),
      added: this.#usage.added,
    };
  }

  #roomRows(): Pick<MovePlan, 'rooms' | 'openedRooms' | 'filledRooms'> {
    const rooms: object[] = [];
    const openedRooms: object[] = [];
    const filledRooms: object[] = [];
    for (const [room, hadSpace] of this.#changedRooms) {
      const place = {
        organization_id: this.#options.organizationId,
        city_id: room.cityId,
        segment_key: room.segmentKey,
        ordinal: room.ordinal,
      };
      rooms.push({
        ...place,
        id: room.id,
        segment_number: room.segmentNumber,
        member_count: room.memberCount,
      });
      const hasSpace = this.#hasSpace(room);
      if (hasSpace && !hadSpace) openedRooms.push({ ...place, room_id: room.id });
      if (hadSpace && !hasSpace) filledRooms.push(place);
    }
    return { rooms, openedRooms, filledRooms };
  }

  #move({ userId, to, expected }: Move): MoveResult {
    const member = this.#members.get(userId) ?? null;
    if (to === null) return this.#leave(userId, member);

    const city = this.#city(this.#cityIds.get(to.cityKey));
    if (expected !== undefined && !isAs(expected, city, member)) return this.#leaveAlone(member);
    if (member?.cityId === city.id && member.segmentKey === to.placement.segmentKey) {
      return this.#stay(member, city, to.placement);
    }
    const free = this.#freeRoom(city, to.placement);
    const refused = this.#usage.refusal({
      members: member === null ? 1 : 0,
      cities: isUnused(city) ? 1 : 0,
      rooms: free === null ? 1 : 0,
    });
    if (refused !== null) return { ...this.#leaveAlone(member), refused };
    const firstEvent = this.#events.length;
    const previous = member === null ? null : this.#room(member.roomId);
    if (previous === null) this.#usage.add('members', 1);
    else this.#count(previous, -1);
    if (isUnused(city)) this.#usage.add('cities', 1);
    const room = free ?? this.#openRoom(city, to.placement);
    this.#count(room, +1);
    if (previous?.cityId === city.id) {
      this.#log(city, 'MOVED', userId, room, previous);
    } else {
      if (previous !== null) this.#log(this.#city(previous.cityId), 'LEFT', userId, previous);
      this.#log(city, 'JOINED', userId, room);
    }
    this.#write(userId, room, to.placement);
    return {
      changed: true,
      renewed: true,
      room: { ...room },
      city: city.name,
      seq: city.seq,
      assignedAt: this.#at,
      events: this.#events.slice(firstEvent),
      refused: null,
    };
  }

  #leave(userId: string, member: Member | null): MoveResult {
    const firstEvent = this.#events.length;
    if (member !== null) {
      const room = this.#room(member.roomId);
      this.#count(room, -1);
      this.#usage.add('members', -1);
      this.#log(this.#city(room.cityId), 'LEFT', userId, room);
    }
    return {
      changed: member !== null,
      renewed: false,
      room: null,
      city: null,
      seq: null,
      assignedAt: null,
      events: this.#events.slice(firstEvent),
      refused: null,
    };
  }

  #leaveAlone(member: Member | null): MoveResult {
    return {
      changed: false,
      renewed: false,
      room: member && { ...this.#room(member.roomId) },
      city: member && this.#city(member.cityId).name,
      seq: null,
      assignedAt: member?.assignedAt ?? null,
      events: [],
      refused: null,
    };
  }

  /** Same city, same segment: no event, and nothing to write either unless the features or the model differ. */
  #stay(member: Member, city: City, placement: Placement): MoveResult {
    const room = this.#room(member.roomId);
    const same = member.modelId === placement.modelId && member.features === placement.features;
    if (!same) this.#write(member.userId, room, placement);
    return {
      changed: false,
      renewed: !same,
      room: { ...room },
      city: city.name,
      seq: null,
      assignedAt: same ? member.assignedAt : this.#at,
      events: [],
      refused: null,
    };
  }

  #hasSpace({ memberCount }: Room): boolean {
    const { capacity } = this.#options;
    return capacity === null || memberCount < capacity;
  }

  #freeRoom(city: City, { segmentKey }: Placement): Room | null {
    return this.#roomsOf.get(`${city.id} ${segmentKey}`)?.find((room) => this.#hasSpace(room)) ?? null;
  }

  #openRoom(city: City, { segmentKey, segmentNumber }: Placement): Room {
    const last = this.#roomsOf.get(`${city.id} ${segmentKey}`)?.at(-1);
    const room = this.#addRoom({
      id: this.#options.newId(),
      cityId: city.id,
      segmentKey,
      segmentNumber,
      ordinal: (last?.ordinal ?? 0) + 1,
      memberCount: 0,
    });
    this.#usage.add('rooms', 1);
    this.#changedRooms.set(room, false);
    return room;
  }

  #addRoom(room: Room): Room {
    const key = `${room.cityId} ${room.segmentKey}`;
    const siblings = this.#roomsOf.get(key);
    if (siblings === undefined) this.#roomsOf.set(key, [room]);
    else siblings.push(room);
    this.#rooms.set(room.id, room);
    return room;
  }

  #count(room: Room, delta: number): void {
    if (!this.#changedRooms.has(room)) this.#changedRooms.set(room, this.#hasSpace(room));
    room.memberCount += delta;
  }

  #log(
    city: City,
    kind: MembershipEventKind,
    userId: string,
    room: Room,
    previousRoom: Room | null = null,
  ): void {
    city.seq += 1;
    this.#usage.add('events', 1);
    if (kind === 'JOINED') city.memberCount += 1;
    if (kind === 'LEFT') city.memberCount -= 1;
    this.#changedCities.add(city);
    this.#events.push({
      organizationId: this.#options.organizationId,
      cityKey: city.key,
      city: city.name,
      seq: city.seq,
      kind,
      userId,
      room: eventRoom(room),
      previousRoom: previousRoom && eventRoom(previousRoom),
      at: this.#at,
    });
    this.#eventRows.push({
      city_id: city.id,
      seq: city.seq,
      organization_id: this.#options.organizationId,
      kind,
      user_id: userId,
      room_id: room.id,
      room_segment_number: room.segmentNumber,
      room_member_count: room.memberCount,
      previous_room_id: previousRoom?.id,
      previous_room_segment_number: previousRoom?.segmentNumber,
      previous_room_member_count: previousRoom?.memberCount,
      at: this.#at,
    });
  }

  #write(userId: string, room: Room, placement: Placement): void {
    this.#memberRows.push({
      organization_id: this.#options.organizationId,
      user_id: userId,
      city_id: room.cityId,
      room_id: room.id,
      segment_key: room.segmentKey,
      model_id: placement.modelId,
      features: `\\x${placement.features}`,
      affinities: `\\x${placement.affinities}`,
      assigned_at: this.#at,
      ...(placement.stated && {
        stated_model_id: placement.stated.modelId,
        stated_features: `\\x${placement.stated.features}`,
      }),
    });
  }

  #city(id: string | undefined): City {
    return known(this.#cities.get(id ?? ''), 'city');
  }

  #room(id: string): Room {
    return known(this.#rooms.get(id), 'room');
  }
}

function isAs(expected: NonNullable<Move['expected']>, city: City, member: Member | null): boolean {
  return (
    member?.cityId === city.id && member.modelId === expected.modelId && member.features === expected.features
  );
}

function isUnused({ isNew, seq }: City): boolean {
  return isNew && seq === 0;
}

function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`The membership state lacks a ${what} that its moves need`);
  return value;
}

function eventRoom({ id, segmentNumber, memberCount }: Room): EventRoom {
  return { id, segmentNumber, memberCount };
}
