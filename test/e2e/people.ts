import type { InterestsInput } from '../client/generated';

/** Interests that speak for a segment of the shipped model, by the segment's number. */
export const LIKES = {
  1: { chinese: true, movies: true, burguers: true },
  2: { ruralTourism: true, trecking: true, guidedVisits: true },
  3: { drinks: true, parties: true, concerts: true },
  4: { theaters: true, museums: true, bookstores: true },
} as const satisfies Record<number, InterestsInput>;

/** Nobody's interests yet: the lobby. */
export const NOTHING: InterestsInput = {};
