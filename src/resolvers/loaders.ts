import DataLoader from 'dataloader';
import type { MemberRecord, Page, RoomRecord } from '../membership/room';
import type { Rooms } from '../membership/rooms';

export interface RoomPageKey {
  readonly roomId: string;
  readonly first: number;
  readonly after: string | null;
}

/** One request's reads by id: those of one level of a query become one statement. Made when first used. */
export class Loaders {
  readonly #rooms: Rooms;
  readonly #organizationId: string;
  #memberLoader?: DataLoader<string, MemberRecord | null>;
  #roomLoader?: DataLoader<string, RoomRecord | null>;
  #cityIdLoader?: DataLoader<string, string | null>;
  #roomMembersLoader?: DataLoader<RoomPageKey, Page<MemberRecord>, string>;

  constructor(rooms: Rooms, organizationId: string) {
    this.#rooms = rooms;
    this.#organizationId = organizationId;
  }

  /** By userId. */
  get members(): DataLoader<string, MemberRecord | null> {
    this.#memberLoader ??= new DataLoader(async (userIds) => {
      const found = await this.#rooms.members(this.#organizationId, userIds);
      const byId = new Map(found.map((member) => [member.userId, member]));
      return userIds.map((userId) => byId.get(userId) ?? null);
    });
    return this.#memberLoader;
  }

  /** The ids of cities, by the key of any of their names. */
  get cityIds(): DataLoader<string, string | null> {
    this.#cityIdLoader ??= new DataLoader((keys) => this.#rooms.cityIds(this.#organizationId, keys));
    return this.#cityIdLoader;
  }

  /** By id. */
  get rooms(): DataLoader<string, RoomRecord | null> {
    this.#roomLoader ??= new DataLoader(async (ids) => {
      const found = await this.#rooms.rooms(this.#organizationId, ids);
      const byId = new Map(found.map((room) => [room.id, room]));
      return ids.map((id) => byId.get(id) ?? null);
    });
    return this.#roomLoader;
  }

  /** Pages of rooms' members: one statement for all rooms that are asked for the same page. */
  get roomMembers(): DataLoader<RoomPageKey, Page<MemberRecord>, string> {
    this.#roomMembersLoader ??= new DataLoader((keys) => this.#loadRoomMembers(keys), {
      cacheKeyFn: ({ roomId, first, after }) => JSON.stringify([roomId, first, after]),
    });
    return this.#roomMembersLoader;
  }

  async #loadRoomMembers(keys: readonly RoomPageKey[]): Promise<Page<MemberRecord>[]> {
    const pages = new Map<RoomPageKey, Page<MemberRecord>>();
    const groups = new Map<string, RoomPageKey[]>();
    for (const key of keys) {
      const page = JSON.stringify([key.first, key.after]);
      groups.set(page, [...(groups.get(page) ?? []), key]);
    }
    for (const group of groups.values()) {
      const { first, after } = group[0] as RoomPageKey;
      const ids = group.map(({ roomId }) => roomId);
      const found = await this.#rooms.membersOfRooms(this.#organizationId, ids, { first, after });
      for (const key of group) pages.set(key, found.get(key.roomId) as Page<MemberRecord>);
    }
    return keys.map((key) => pages.get(key) as Page<MemberRecord>);
  }
}
