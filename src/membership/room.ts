import type { MovedRoom } from './moves/move';

/** The chat room of a city and a segment, or the city's lobby. */
export interface RoomRecord extends MovedRoom {
  /** The city's name. */
  readonly city: string;
}

/** A city. */
export interface CityRecord {
  /** The key of its name. */
  readonly key: string;
  readonly name: string;
  /** The last membership event's number. */
  readonly seq: number;
  readonly memberCount: number;
  /** All of them, as of the same moment as `seq`; null: they were not read. */
  readonly rooms: readonly RoomRecord[] | null;
}

/** A person of an organization, in one room of one city. */
export interface MemberRecord {
  readonly userId: string;
  readonly cityId: string;
  readonly city: string;
  readonly roomId: string;
  readonly segmentKey: string;
  readonly modelId: string;
  readonly features: Float32Array;
  readonly affinities: Float32Array;
  /** ISO 8601. */
  readonly assignedAt: string;
}

/** Part of a longer list; `after` is the last item's place, or null. */
export interface PageRequest<Place> {
  readonly first: number;
  readonly after: Place | null;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly hasMore: boolean;
}
