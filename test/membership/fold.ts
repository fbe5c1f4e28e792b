import type { MembershipEvent } from '../../src/membership/log/event';

export interface FoldedRoom {
  readonly segmentNumber: number | null;
  readonly userIds: Set<string>;
}

/**
 * What a city's rooms must be, told by its log alone. Also checks on the way that the log is gapless, that
 * nobody leaves a room it is not in, and that every event tells its rooms' counts as they then are.
 */
export function fold(events: readonly MembershipEvent[]): Map<string, FoldedRoom> {
  const rooms = new Map<string, FoldedRoom>();
  const enter = (room: MembershipEvent['room'], userId: string) => {
    const folded = rooms.get(room.id) ?? { segmentNumber: room.segmentNumber, userIds: new Set<string>() };
    rooms.set(room.id, folded);
    expect(folded.userIds).not.toContain(userId);
    folded.userIds.add(userId);
    expect(room).toEqual({
      id: room.id,
      segmentNumber: folded.segmentNumber,
      memberCount: folded.userIds.size,
    });
  };
  const exit = (room: MembershipEvent['room'], userId: string) => {
    const folded = rooms.get(room.id);
    expect(folded?.userIds.delete(userId)).toBe(true);
    expect(room).toEqual({
      id: room.id,
      segmentNumber: folded?.segmentNumber,
      memberCount: folded?.userIds.size,
    });
  };
  events.forEach((event, i) => {
    expect(event.seq).toBe(i + 1);
    const userId = event.userId ?? '';
    if (event.kind === 'LEFT') exit(event.room, userId);
    if (event.kind === 'MOVED' && event.previousRoom !== null) exit(event.previousRoom, userId);
    if (event.kind !== 'LEFT') enter(event.room, userId);
  });
  return rooms;
}
