import { equal } from 'node:assert/strict'; // called for every event: Jest's expect takes twenty times as long
import type { CityQuery } from '../client/generated';
import type { CityEvent } from './watcher';

type City = NonNullable<CityQuery['city']>;

/**
 * What a city's rooms must be, told by its events alone. Checks on the way that the numbers are gapless, that
 * every event tells its rooms' counts as they then are, and that nobody leaves a room it is not in.
 */
export class CityFold {
  seq = 0;
  readonly counts = new Map<string, number>();
  /** Everyone's room. Of who is forgotten, events may have lost the name: then the last room that was told. */
  readonly roomOf = new Map<string, string>();

  /** @param city as it was listed; without it the fold starts at the city's first event. */
  constructor(city?: City) {
    if (city === undefined) return;
    this.seq = city.seq;
    for (const { id, memberCount } of city.rooms) this.counts.set(id, memberCount);
  }

  apply({ seq, kind, userId, room, previousRoom }: CityEvent): void {
    equal(seq, this.seq + 1);
    this.seq = seq;
    equal(previousRoom !== null, kind === 'MOVED');
    const left = kind === 'LEFT' ? room : previousRoom;
    if (left !== null) {
      this.#count(left, -1);
      const known = userId === null ? undefined : this.roomOf.get(userId);
      if (known !== undefined) equal(known, left.id);
    }
    if (kind !== 'LEFT') this.#count(room, +1);
    if (userId === null) return;
    if (kind === 'LEFT') this.roomOf.delete(userId);
    else this.roomOf.set(userId, room.id);
  }

  #count({ id, memberCount }: CityEvent['room'], change: 1 | -1): void {
    const count = (this.counts.get(id) ?? 0) + change;
    equal(count, memberCount);
    this.counts.set(id, count);
  }
}

/** @throws unless the events lead, without gap or duplicate, to exactly this city. */
export function expectToLeadTo(city: City, events: readonly CityEvent[], listed?: City): CityFold {
  const fold = new CityFold(listed);
  for (const event of events) fold.apply(event);
  expect(fold.seq).toBe(city.seq);
  expect(fold.counts).toEqual(new Map(city.rooms.map(({ id, memberCount }) => [id, memberCount])));
  expect(city.memberCount).toBe(city.rooms.reduce((sum, { memberCount }) => sum + memberCount, 0));
  return fold;
}
