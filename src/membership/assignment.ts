import { decodeFloats } from './floats';
import type { Move, MoveResult } from './moves/move';
import type { RoomRecord } from './room';

/** Where a member is, and why. */
export interface Assignment {
  readonly userId: string;
  readonly modelId: string;
  /** What was scored: d numbers. */
  readonly features: Float32Array;
  /** What came out: k numbers. */
  readonly affinities: Float32Array;
  readonly room: RoomRecord;
  /** False when the member was there already. */
  readonly changed: boolean;
  /** Number of the event in the room's city; null when nothing changed. */
  readonly seq: number | null;
  /** ISO 8601. */
  readonly assignedAt: string;
}

/** An assignment as plain JSON, so that it crosses any bus unchanged: its numbers as `encodeFloats` writes them. */
export type AssignmentMessage = {
  readonly [K in keyof Assignment]: Assignment[K] extends Float32Array
    ? string
    : Assignment[K] extends RoomRecord
      ? { readonly [R in keyof RoomRecord]: RoomRecord[R] }
      : Assignment[K];
};

/** What a committed move says of its user; null when it says nothing new. */
export function assignmentMessage({ userId, to }: Move, result: MoveResult): AssignmentMessage | null {
  const { renewed, room, city, changed, seq, assignedAt } = result;
  if (!renewed || to === null || room === null || city === null || assignedAt === null) return null;
  const { modelId, features, affinities } = to.placement;
  return { userId, modelId, features, affinities, room: { ...room, city }, changed, seq, assignedAt };
}

export function fromMessage(message: AssignmentMessage): Assignment {
  return {
    ...message,
    features: decodeFloats(message.features),
    affinities: decodeFloats(message.affinities),
  };
}
