import fc from 'fast-check';
import { encodeFloats } from '../../../src/membership/floats';
import type { MembershipEvent } from '../../../src/membership/log/event';
import type { MembershipUsage } from '../../../src/membership/moves/membership-quota';
import { LOBBY, type Move } from '../../../src/membership/moves/move';
import { type MembershipState, type MovePlan, planMoves } from '../../../src/membership/moves/plan-moves';
import { fold } from '../fold';

const CITIES = ['lisbon', 'porto'];
const SEGMENTS = [LOBBY, 'foodies', 'hikers'];

const move = fc.record({
  userId: fc.integer({ min: 1, max: 12 }).map((n) => `user ${n}`),
  city: fc.option(fc.constantFrom(...CITIES), { freq: 5 }),
  segment: fc.nat(SEGMENTS.length - 1),
});

function toMove({ userId, city, segment }: { userId: string; city: string | null; segment: number }): Move {
  if (city === null) return { userId, to: null, forget: false };
  const placement = {
    modelId: 'm',
    segmentKey: SEGMENTS[segment] ?? LOBBY,
    segmentNumber: segment || null,
    features: encodeFloats(Float32Array.of(segment)),
    affinities: encodeFloats(Float32Array.of(segment)),
  };
  return { userId, to: { cityKey: city, city, placement }, forget: false };
}

/** The tables, as the written plans leave them. */
class Tables {
  readonly cities = new Map<string, MembershipState['cities'][number]>();
  readonly rooms = new Map<string, MembershipState['rooms'][number]>();
  readonly members = new Map<string, MembershipState['members'][number]>();
  readonly openRooms = new Set<string>();
  usage: MembershipUsage = { members: 0, cities: 0, rooms: 0, events: 0 };

  constructor(readonly limits: MembershipUsage) {}

  /** As the group's locks show them: with the cities that it may need. */
  state(): MembershipState {
    const added = CITIES.filter((key) => !this.cities.has(key)).map((key) => ({
      ...{ id: key, key, name: key, seq: 0, oldestSeq: 1, memberCount: 0, isNew: true },
    }));
    return {
      cities: [...this.cities.values(), ...added],
      rooms: [...this.rooms.values()].sort((a, b) => a.ordinal - b.ordinal),
      members: [...this.members.values()],
      usage: this.usage,
      limits: this.limits,
    };
  }

  /** What the numbers must be, by what there is. */
  counted(): MembershipUsage {
    const cities = [...this.cities.values()];
    const events = cities.reduce((sum, { seq, oldestSeq }) => sum + seq - oldestSeq + 1, 0);
    return { members: this.members.size, cities: cities.length, rooms: this.rooms.size, events };
  }

  // biome-ignore lint/suspicious/noExplicitAny: rows are plain objects named as the tables' columns
  write(plan: { [K in Exclude<keyof MovePlan, 'added'>]: readonly any[] } & Pick<MovePlan, 'added'>): void {
    for (const { id, seq, oldest_seq: oldestSeq, member_count: memberCount } of plan.cities) {
      this.cities.set(id, { id, key: id, name: id, seq, oldestSeq, memberCount, isNew: false });
    }
    for (const { city_id, segment_key, ordinal } of plan.filledRooms)
      expect(this.openRooms.delete(`${city_id} ${segment_key} ${ordinal}`)).toBe(true);
    for (const { city_id, segment_key, ordinal } of plan.openedRooms)
      this.openRooms.add(`${city_id} ${segment_key} ${ordinal}`);
    for (const what of ['members', 'cities', 'rooms', 'events'] as const)
      this.usage = { ...this.usage, [what]: this.usage[what] + plan.added[what] };
    for (const row of plan.rooms) {
      const { id, city_id: cityId, segment_key: segmentKey, segment_number: segmentNumber, ordinal } = row;
      this.rooms.set(id, { id, cityId, segmentKey, segmentNumber, ordinal, memberCount: row.member_count });
    }
    for (const row of plan.members) {
      this.members.set(row.user_id, {
        userId: row.user_id,
        cityId: row.city_id,
        roomId: row.room_id,
        segmentKey: row.segment_key,
        modelId: row.model_id,
        features: row.features.slice(2),
        assignedAt: row.assigned_at,
      });
    }
    for (const userId of plan.gone) this.members.delete(userId);
  }
}

/** Of so much that it bounds nothing, or of less. */
const limit = (all: number) => fc.option(fc.integer({ min: 0, max: all }), { nil: 1_000 });

describe('planMoves', () => {
  it('keeps log, rooms, members and counts in agreement, whatever happens in whatever groups', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uniqueArray(move, { maxLength: 6, selector: ({ userId }) => userId }), { maxLength: 30 }),
        fc.option(fc.integer({ min: 1, max: 3 })),
        fc.record({ members: limit(12), cities: limit(2), rooms: limit(9), events: limit(40) }),
        (groups, capacity, limits) => {
          const tables = new Tables(limits);
          const logs = new Map<string, MembershipEvent[]>(CITIES.map((city) => [city, []]));
          let ids = 0;
          for (const group of groups) {
            const plan = planMoves(tables.state(), group.map(toMove), {
              organizationId: 'nomads',
              capacity,
              now: new Date(0),
              newId: () => `room ${++ids}`,
            });
            for (const [i, { refused, changed, renewed }] of plan.results.entries()) {
              if (refused === null) continue;
              expect([changed, renewed, refused.limit]).toEqual([false, false, limits[refused.what]]);
              expect(group[i]?.city).not.toBeNull();
            }
            for (const event of plan.results.flatMap(({ events }) => events))
              logs.get(event.cityKey)?.push(event);
            tables.write(plan);
            expect(tables.usage).toEqual(tables.counted());
            for (const what of ['members', 'cities', 'rooms', 'events'] as const)
              expect(tables.usage[what]).toBeLessThanOrEqual(limits[what]);
            const withSpace = [...tables.rooms.values()].filter(
              ({ memberCount }) => capacity === null || memberCount < capacity,
            );
            expect(tables.openRooms).toEqual(
              new Set(
                withSpace.map(({ cityId, segmentKey, ordinal }) => `${cityId} ${segmentKey} ${ordinal}`),
              ),
            );
          }
          for (const [city, log] of logs) {
            const folded = fold(log);
            const rooms = [...tables.rooms.values()].filter(({ cityId }) => cityId === city);
            for (const room of rooms) {
              const members = [...tables.members.values()].filter(({ roomId }) => roomId === room.id);
              expect(new Set(members.map(({ userId }) => userId))).toEqual(folded.get(room.id)?.userIds);
              expect(room.memberCount).toBe(members.length);
              if (capacity !== null) expect(room.memberCount).toBeLessThanOrEqual(capacity);
            }
            const inCity = [...tables.members.values()].filter(({ cityId }) => cityId === city);
            const { seq = 0, memberCount = 0 } = tables.cities.get(city) ?? {};
            expect([seq, memberCount]).toEqual([log.length, inCity.length]);
          }
        },
      ),
    );
  });

  const options = { organizationId: 'nomads', capacity: 2, now: new Date(0), newId: () => 'new' };
  const lisbon = {
    ...{ id: '1', key: 'lisbon', name: 'Lisbon', seq: 7, oldestSeq: 1, memberCount: 2, isNew: false },
  };
  const room = { id: 'r', cityId: '1', segmentKey: 'hikers', segmentNumber: 2, ordinal: 1, memberCount: 2 };
  const ann = {
    userId: 'ann',
    cityId: '1',
    roomId: 'r',
    segmentKey: 'hikers',
    modelId: 'm',
    assignedAt: 'then',
  };
  const state = {
    cities: [lisbon],
    rooms: [room],
    members: [{ ...ann, features: encodeFloats(Float32Array.of(2)) }],
    usage: { members: 1, cities: 1, rooms: 1, events: 7 },
    limits: { members: 100, cities: 100, rooms: 100, events: 100 },
  };

  it('changes nothing and emits nothing when a request is repeated', () => {
    const plan = planMoves(state, [toMove({ userId: 'ann', city: 'lisbon', segment: 2 })], options);
    expect(plan.results[0]).toMatchObject({
      changed: false,
      renewed: false,
      seq: null,
      assignedAt: 'then',
      events: [],
    });
    expect([...plan.rooms, ...plan.cities, ...plan.events, ...plan.members]).toEqual([]);
  });

  it('remembers new interests of the same segment without an event', () => {
    const plan = planMoves(
      { ...state, members: [{ ...ann, features: encodeFloats(Float32Array.of(1)) }] },
      [toMove({ userId: 'ann', city: 'lisbon', segment: 2 })],
      options,
    );
    expect(plan.results[0]).toMatchObject({ changed: false, renewed: true, seq: null, events: [] });
    expect(plan.members).toHaveLength(1);
    expect(plan.events).toEqual([]);
  });

  it('opens an overflow room when the last one is full', () => {
    const plan = planMoves(state, [toMove({ userId: 'bob', city: 'lisbon', segment: 2 })], options);
    expect(plan.results[0]).toMatchObject({
      changed: true,
      seq: 8,
      room: { id: 'new', ordinal: 2, memberCount: 1 },
    });
  });

  describe('a move that expects the member as it was', () => {
    const expecting = (change: { modelId?: string; feature?: number; city?: string }): Move => ({
      ...toMove({ userId: 'ann', city: change.city ?? 'lisbon', segment: 1 }),
      expected: {
        modelId: change.modelId ?? 'm',
        features: encodeFloats(Float32Array.of(change.feature ?? 2)),
      },
    });
    const porto = { ...lisbon, id: '2', key: 'porto', name: 'Porto', seq: 0 };
    const both = { ...state, cities: [lisbon, porto] };

    it('is made when it is', () => {
      expect(planMoves(both, [expecting({})], options).results[0]).toMatchObject({ changed: true, seq: 8 });
    });

    it.each([
      ['another model assigned it', { modelId: 'other' }],
      ['it likes something else', { feature: 3 }],
      ['it is in another city', { city: 'porto' }],
    ])('does nothing when %s', (_, change) => {
      const plan = planMoves(both, [expecting(change)], options);
      expect(plan.results).toEqual([
        {
          changed: false,
          renewed: false,
          room,
          city: 'Lisbon',
          seq: null,
          assignedAt: 'then',
          events: [],
          refused: null,
        },
      ]);
      expect([...plan.rooms, ...plan.cities, ...plan.events, ...plan.members]).toEqual([]);
    });

    it('does nothing when it has left', () => {
      const [result] = planMoves({ ...both, members: [] }, [expecting({})], options).results;
      expect(result).toMatchObject({ changed: false, renewed: false, room: null, city: null, events: [] });
    });
  });

  describe('at the limit', () => {
    const at = (usage: Partial<MembershipUsage>) => ({ ...state, usage: { ...state.usage, ...usage } });
    const join = (userId: string, segment: number) => toMove({ userId, city: 'lisbon', segment });

    it.each([
      ['members', { members: 100 }, join('bob', 1)],
      ['rooms', { rooms: 100 }, join('ann', 1)],
      ['rooms', { rooms: 100 }, join('bob', 2)],
    ] as const)('of %s refuses who would pass it', (what, usage, move) => {
      const plan = planMoves(at(usage), [move], options);
      expect(plan.results[0]).toMatchObject({ changed: false, refused: { what, limit: 100 } });
      expect([...plan.rooms, ...plan.cities, ...plan.events, ...plan.members]).toEqual([]);
    });

    it('of members lets in who comes after somebody left, in one group', () => {
      const { results } = planMoves(
        at({ members: 100 }),
        [toMove({ userId: 'ann', city: null, segment: 0 }), join('bob', 1), join('cid', 1)],
        options,
      );
      expect(results.map(({ refused }) => refused?.what)).toEqual([undefined, undefined, 'members']);
    });

    it('of cities takes a new one back', () => {
      const porto = { ...lisbon, id: '2', key: 'porto', name: 'Porto', seq: 0, isNew: true };
      const plan = planMoves(
        { ...at({ cities: 100 }), cities: [lisbon, porto] },
        [toMove({ userId: 'ann', city: 'porto', segment: 1 })],
        options,
      );
      expect(plan.results[0]?.refused).toEqual({ what: 'cities', limit: 100 });
      expect(plan.unusedCities).toEqual(['2']);
    });

    it('of events takes the oldest ones of the longest log, and some more so that it is seldom', () => {
      const porto = { ...lisbon, id: '2', key: 'porto', name: 'Porto', seq: 60, oldestSeq: 11 };
      const plan = planMoves({ ...at({ events: 100 }), cities: [lisbon, porto] }, [join('bob', 1)], options);
      expect(plan.results[0]?.refused).toBeNull();
      expect(plan.cities).toEqual([
        expect.objectContaining({ id: '1', seq: 8, oldest_seq: 1 }),
        expect.objectContaining({ id: '2', seq: 60, oldest_seq: 22 }),
      ]);
      expect(plan.added).toEqual({ members: 1, cities: 0, rooms: 1, events: -10 });
    });
  });

  it('does nothing for a user who leaves without being there', () => {
    const plan = planMoves(state, [toMove({ userId: 'bob', city: null, segment: 0 })], options);
    expect(plan.results[0]).toMatchObject({ changed: false, events: [] });
  });
});
