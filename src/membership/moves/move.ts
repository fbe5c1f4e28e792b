import type { MembershipEvent } from '../log/event';
import type { LimitedUsage } from './membership-quota';

/** The lobby's segment key: the room of a city for members without any interest yet. */
export const LOBBY = '';

/** Where a member is put, and why: one model's answer for one row of features. */
export interface Placement {
  readonly modelId: string;
  /** A segment's stable key, or LOBBY. */
  readonly segmentKey: string;
  /** Null in the lobby. */
  readonly segmentNumber: number | null;
  /** What was scored and what came out, as `encodeFloats` writes them. */
  readonly features: string;
  readonly affinities: string;
  /** What the member said, where the model takes less than that; null or absent: the features say it all. */
  readonly stated?: StatedFeatures | null;
}

/** Features in the vocabulary of the model that they were said to. */
export interface StatedFeatures {
  readonly modelId: string;
  /** As `encodeFloats` writes them. */
  readonly features: string;
}

/** One change of one user's membership: to a segment's room in a city, or out of whatever city it is in. */
export interface Move {
  readonly userId: string;
  readonly to: { readonly cityKey: string; readonly city: string; readonly placement: Placement } | null;
  /** With `to` null: the log forgets the user, too. */
  readonly forget: boolean;
  /** With `to`: nothing happens unless the member is still in that city, assigned like this. */
  readonly expected?: { readonly modelId: string; readonly features: string };
}

/** A room as the plan of a move knows it. */
export interface MovedRoom {
  readonly id: string;
  readonly cityId: string;
  readonly segmentKey: string;
  readonly segmentNumber: number | null;
  /** 1, then 2, 3, … for overflow rooms. */
  readonly ordinal: number;
  readonly memberCount: number;
}

/** What a move did. */
export interface MoveResult {
  /** False when the user was there already, or (leaving) was nowhere. */
  readonly changed: boolean;
  /** True when the user's assignment was written: another room, or other features or model in the same. */
  readonly renewed: boolean;
  /** The room the user is in now; null when it left. */
  readonly room: MovedRoom | null;
  /** The city's name; null when it left. */
  readonly city: string | null;
  /** Number of the event in the room's city; null when nothing changed there. */
  readonly seq: number | null;
  /** When the user's assignment last changed, its interests included; ISO 8601. */
  readonly assignedAt: string | null;
  readonly events: readonly MembershipEvent[];
  /** The limit that the move would have passed: then nothing changed. Null: it passed none. */
  readonly refused: { readonly what: LimitedUsage; readonly limit: number } | null;
}
