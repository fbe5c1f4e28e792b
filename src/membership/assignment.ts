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

/** An assignment as plain JSON, so that it crosses any bus unchanged. */
export type AssignmentMessage = {
  readonly [K in keyof Assignment]: Assignment[K] extends Float32Array
    ? readonly number[]
    : Assignment[K] extends RoomRecord
      ? { readonly [R in keyof RoomRecord]: RoomRecord[R] }
      : Assignment[K];
};

export function toMessage(assignment: Assignment): AssignmentMessage {
  return {
    ...assignment,
    features: Array.from(assignment.features),
    affinities: Array.from(assignment.affinities),
    room: { ...assignment.room },
  };
}

export function fromMessage(message: AssignmentMessage): Assignment {
  return {
    ...message,
    features: Float32Array.from(message.features),
    affinities: Float32Array.from(message.affinities),
  };
}
