import {
  AssignAndExplainDocument,
  type AssignClusterInput,
  AssignDocument,
  AssignManyDocument,
  CityDocument,
  ForgetDocument,
  type InterestsInput,
  LeaveDocument,
  MemberDocument,
} from '../client/generated';
import { useGateway } from '../e2e/gateway';
import { LIKES, NOTHING } from '../e2e/people';
import { describeEachStorage } from '../e2e/storages';
import { logOf } from '../e2e/watcher';

describeEachStorage((open) => {
  const gateway = useGateway(open);

  async function assign(userId: string, city: string, interests: InterestsInput) {
    const input = { userId, city, interests };
    return (await gateway.client.run(AssignDocument, { input })).assignCluster;
  }
  async function assignMany(inputs: readonly AssignClusterInput[]) {
    return (await gateway.client.run(AssignManyDocument, { inputs })).assignClusters;
  }
  async function cityOf(name: string) {
    return (await gateway.client.run(CityDocument, { name })).city;
  }
  async function memberOf(userId: string) {
    return (await gateway.client.run(MemberDocument, { userId })).member;
  }
  async function forget(userId: string) {
    return (await gateway.client.run(ForgetDocument, { userId })).forgetUser;
  }
  async function leave(userId: string) {
    return (await gateway.client.run(LeaveDocument, { userId })).leaveCity;
  }

  describe('assignCluster', () => {
    it('puts a new user into the room of city and segment', async () => {
      const ann = await assign('new ann', 'Lisbon', LIKES[2]);
      expect(ann).toEqual({
        userId: 'new ann',
        cluster: 2,
        changed: true,
        seq: 1,
        assignedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        room: {
          id: expect.any(String),
          name: expect.stringMatching(/^Lisbon/),
          city: 'Lisbon',
          memberCount: 1,
          segment: { number: 2 },
        },
      });
      expect(await assign('new bob', 'Lisbon', LIKES[2])).toMatchObject({
        seq: 2,
        room: { id: ann.room.id, memberCount: 2 },
      });
      expect(await assign('new cleo', 'Lisbon', LIKES[3])).toMatchObject({
        cluster: 3,
        seq: 3,
        room: { memberCount: 1, segment: { number: 3 } },
      });
    });

    it('explains itself, in the wanted language', async () => {
      const input = { userId: 'explained', city: 'Lisbon', interests: LIKES[4] };
      const explained = await gateway.client.run(AssignAndExplainDocument, { input, locale: 'ES' });
      const { affinities, margin, reasons, segment, model } = explained.assignCluster;
      const weights = affinities.map(({ weight }) => weight);
      expect(affinities.map((affinity) => affinity.segment.number)).toEqual([1, 2, 3, 4]);
      expect(segment).toEqual({ number: 4, key: expect.any(String) });
      const [best = 0, second = 0] = weights.toSorted((a, b) => b - a);
      expect(weights[3]).toBe(best);
      expect(margin).toBeCloseTo(best - second, 6);
      expect(affinities.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
      expect(reasons.map(({ interest }) => interest.label).toSorted()).toEqual([
        'Librerías',
        'Museos',
        'Teatro',
      ]);
      expect(reasons.map(({ contribution }) => contribution)).toEqual(
        reasons.map(({ contribution }) => contribution).toSorted((a, b) => b - a),
      );
      expect(model).toMatchObject({
        version: 1,
        task: 'SEGMENTATION',
        algorithm: 'NMF',
        aliases: ['champion'],
      });
    });

    it('changes nothing and tells nobody when it is repeated', async () => {
      const first = await assign('again', 'Porto', LIKES[1]);
      const again = await assign('again', 'Porto', LIKES[1]);
      expect(again).toEqual({ ...first, changed: false, seq: null });
      expect(await cityOf('Porto')).toMatchObject({ seq: 1, memberCount: 1 });
    });

    it('keeps the room, and remembers the likes, when others speak for the same segment', async () => {
      const first = await assign('renewed', 'Faro', LIKES[1]);
      const renewed = await assign('renewed', 'Faro', { ...LIKES[1], coffee: true });
      expect(renewed).toMatchObject({ changed: false, seq: null, room: first.room });
      expect((await memberOf('renewed'))?.assignment.assignedAt).toBe(renewed.assignedAt);
      expect(await cityOf('Faro')).toMatchObject({ seq: 1 });
    });

    it('is one MOVED within a city, the lobby included', async () => {
      const joined = await assign('mover', 'Braga', LIKES[1]);
      const moved = await assign('mover', 'Braga', LIKES[2]);
      const idle = await assign('mover', 'Braga', NOTHING);
      const back = await assign('mover', 'Braga', LIKES[2]);
      expect([joined, moved, idle, back].map(({ cluster, seq }) => [cluster, seq])).toEqual([
        [1, 1],
        [2, 2],
        [null, 3],
        [2, 4],
      ]);
      expect(idle.room.segment).toBeNull();
      expect(back.room).toEqual(moved.room);
      const room = (id: string, segmentNumber: number | null, memberCount: number) => ({
        id,
        segmentNumber,
        memberCount,
      });
      const common = { city: 'Braga', userId: 'mover', at: expect.any(String) };
      expect(await logOf(gateway.url, 'Braga', 4)).toEqual([
        { ...common, seq: 1, kind: 'JOINED', room: room(joined.room.id, 1, 1), previousRoom: null },
        {
          ...common,
          seq: 2,
          kind: 'MOVED',
          room: room(moved.room.id, 2, 1),
          previousRoom: room(joined.room.id, 1, 0),
        },
        {
          ...common,
          seq: 3,
          kind: 'MOVED',
          room: room(idle.room.id, null, 1),
          previousRoom: room(moved.room.id, 2, 0),
        },
        {
          ...common,
          seq: 4,
          kind: 'MOVED',
          room: room(moved.room.id, 2, 1),
          previousRoom: room(idle.room.id, null, 0),
        },
      ]);
      expect(await cityOf('Braga')).toMatchObject({ seq: 4, memberCount: 1 });
    });

    it('is LEFT there and JOINED here when the city is another', async () => {
      const before = await assign('traveller', 'Évora', LIKES[3]);
      const after = await assign('traveller', 'Sintra', LIKES[3]);
      expect(after).toMatchObject({ changed: true, seq: 1, room: { city: 'Sintra' } });
      expect(await logOf(gateway.url, 'Évora', 2)).toMatchObject([
        { kind: 'JOINED' },
        {
          kind: 'LEFT',
          userId: 'traveller',
          room: { id: before.room.id, memberCount: 0 },
          previousRoom: null,
        },
      ]);
      expect(await logOf(gateway.url, 'Sintra', 1)).toMatchObject([
        { kind: 'JOINED', room: { id: after.room.id, memberCount: 1 }, previousRoom: null },
      ]);
      expect(await cityOf('Évora')).toMatchObject({ seq: 2, memberCount: 0 });
      expect(await memberOf('traveller')).toMatchObject({ city: 'Sintra', room: { id: after.room.id } });
    });

    it.each([
      ['blanks around it', '  Málaga\u00a0'],
      ['decomposed letters', 'Málaga'.normalize('NFD')],
      ['other case', 'MÁLAGA'],
      ['all of these', ` ${'mÁLAGA'.normalize('NFD')} `],
    ])('knows a city by its name with %s, and shows it as first written', async (what, name) => {
      const first = await assign('malagueña', 'Málaga', LIKES[1]);
      const same = await assign(`malagueña with ${what}`, name, LIKES[1]);
      expect(same.room).toMatchObject({ id: first.room.id, city: 'Málaga' });
      expect(await cityOf(name)).toMatchObject({ name: 'Málaga' });
      expect((await logOf(gateway.url, name, same.seq ?? 0)).at(-1)).toMatchObject({
        city: 'Málaga',
        userId: same.userId,
      });
    });

    it('takes interests as features, by key', async () => {
      const features = Object.keys(LIKES[4]).map((key) => ({ key, value: 1 }));
      const input = { userId: 'by features', city: 'Lisbon', features };
      expect(await gateway.client.run(AssignDocument, { input })).toMatchObject({
        assignCluster: { cluster: 4 },
      });
      expect(await assign('by features', 'Lisbon', LIKES[4])).toMatchObject({ changed: false });
    });
  });

  const one = { userId: 'refused', city: 'Nowhere' };
  const feature = (value: number, key = 'surf') => ({ ...one, features: [{ key, value }] });
  const refused: [what: string, input: AssignClusterInput, message: RegExp][] = [
    ['an empty userId', { ...one, userId: '', interests: {} }, /^userId is empty/],
    ['a blank city', { ...one, city: ' \u3000', interests: {} }, /^city is empty/],
    ['a userId too long', { ...one, userId: 'x'.repeat(129), interests: {} }, /^userId has 129 characters/],
    ['a city too long', { ...one, city: '🏙'.repeat(101), interests: {} }, /^city has 101 characters/],
    ['a NUL', { ...one, userId: 'a\0b', interests: {} }, /^userId holds a control character/],
    ['a line break', { ...one, city: 'a\nb', interests: {} }, /^city holds a control character/],
    ['half a surrogate pair', { ...one, city: 'a\ud800', interests: {} }, /^city is not valid Unicode/],
    ['neither interests nor features', one, /^interests and features: give exactly one .* not none/],
    ['both', { ...feature(1), interests: {} }, /^interests and features: give exactly one .* not both/],
    ['an unknown key', feature(1, 'knitting'), /^features: "knitting" is none/],
    ['a key of every object', feature(1, '__proto__'), /^features: "__proto__" is none/],
    [
      'a key twice',
      { ...one, features: [...feature(1).features, ...feature(0).features] },
      /"surf" stands twice/,
    ],
    ['a negative value', feature(-1e-9), /the value of "surf" is -1e-9/],
    ['a value past float32', feature(3.5e38), /the value of "surf" is 3.5e\+38/],
    ['a value that is no number', feature(Number.NaN), /value/],
  ];

  it.each(refused)('refuses %s, and says why', async (_what, input, message) => {
    expect(await gateway.client.refusal(AssignDocument, { input })).toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringMatching(message),
    });
    expect(await cityOf('Nowhere')).toBeNull();
  });

  it('refuses a number past what JSON numbers can be', async () => {
    const query =
      'mutation ($value: Float!) { assignCluster(input: {userId: "x", city: "Nowhere", features: [{key: "surf", value: $value}]}) { seq } }';
    const response = await gateway.client.post(
      '/graphql',
      `{"query": ${JSON.stringify(query)}, "variables": {"value": 1e400}}`,
    );
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] },
    ]);
  });

  describe('assignClusters', () => {
    it('answers a thousand users in order, and refuses one more', async () => {
      const inputs = Array.from({ length: 1_000 }, (_, i) => ({
        userId: `crowd ${i}`,
        city: i % 2 ? 'Coimbra' : 'Aveiro',
        interests: LIKES[((i % 4) + 1) as keyof typeof LIKES],
      }));
      const results = await assignMany(inputs);
      expect(results.map(({ assignment }) => [assignment?.userId, assignment?.cluster])).toEqual(
        inputs.map(({ userId }, i) => [userId, (i % 4) + 1]),
      );
      for (const city of ['Coimbra', 'Aveiro']) {
        const seqs = results
          .filter(({ assignment }) => assignment?.room.city === city)
          .map(({ assignment }) => assignment?.seq);
        expect(seqs.toSorted((a, b) => Number(a) - Number(b))).toEqual(
          Array.from({ length: 500 }, (_, i) => i + 1),
        );
        expect(await cityOf(city)).toMatchObject({ seq: 500, memberCount: 500 });
      }
      const more = [...inputs, { userId: 'one too many', city: 'Coimbra', interests: NOTHING }];
      expect(await gateway.client.refusal(AssignManyDocument, { inputs: more })).toMatchObject({
        code: 'BAD_USER_INPUT',
        message: expect.stringContaining('inputs has 1001 items: at most 1000'),
      });
      expect(await memberOf('one too many')).toBeNull();
    });

    it('lets bad items fail alone', async () => {
      const good = { city: 'Guarda', interests: LIKES[1] };
      const results = await assignMany([
        { ...good, userId: 'before' },
        ...refused.filter(([what]) => what !== 'a value that is no number').map(([, input]) => input),
        { ...good, userId: 'after' },
      ]);
      expect(results.at(0)).toMatchObject({ assignment: { userId: 'before', cluster: 1 }, error: null });
      expect(results.at(-1)).toMatchObject({ assignment: { userId: 'after', cluster: 1 }, error: null });
      for (const [i, { assignment, error }] of results.slice(1, -1).entries()) {
        expect(assignment).toBeNull();
        expect(error).toEqual({
          code: 'BAD_USER_INPUT',
          message: expect.stringMatching(refused[i]?.[2] ?? ''),
        });
      }
      expect(await cityOf('Guarda')).toMatchObject({ seq: 2, memberCount: 2 });
    });

    it('keeps the order of a user who stands in it more than once', async () => {
      const twice = (segment: keyof typeof LIKES) => ({
        userId: 'twice',
        city: 'Beja',
        interests: LIKES[segment],
      });
      const results = await assignMany([twice(1), twice(2), twice(2), twice(3)]);
      expect(
        results.map(({ assignment }) => [assignment?.cluster, assignment?.changed, assignment?.seq]),
      ).toEqual([
        [1, true, 1],
        [2, true, 2],
        [2, false, null],
        [3, true, 3],
      ]);
      expect(await memberOf('twice')).toMatchObject({ room: { segment: { number: 3 } } });
    });

    it('answers an empty list with an empty one', async () => {
      expect(await assignMany([])).toEqual([]);
    });
  });

  describe('leaving', () => {
    it('is one LEFT, once', async () => {
      const { room } = await assign('leaver', 'Tavira', LIKES[2]);
      expect([await leave('leaver'), await leave('leaver')]).toEqual([true, false]);
      expect(await memberOf('leaver')).toBeNull();
      expect(await logOf(gateway.url, 'Tavira', 2)).toMatchObject([
        { kind: 'JOINED' },
        { kind: 'LEFT', userId: 'leaver', room: { id: room.id, memberCount: 0 }, previousRoom: null },
      ]);
      expect(await cityOf('Tavira')).toMatchObject({ seq: 2, memberCount: 0, rooms: [{ memberCount: 0 }] });
    });

    it('is false for who was never there', async () => {
      expect([await leave('nobody'), await forget('nobody')]).toEqual([false, false]);
    });

    it('for good erases the person from the log, in every city, and nobody else', async () => {
      await assign('forgotten', 'Lagos', LIKES[1]);
      await assign('remembered', 'Lagos', LIKES[1]);
      await assign('forgotten', 'Silves', LIKES[2]);
      expect([await forget('forgotten'), await forget('forgotten')]).toEqual([true, false]);
      const told = async (city: string, seq: number) =>
        (await logOf(gateway.url, city, seq)).map(({ kind, userId }) => [kind, userId]);
      expect(await told('Lagos', 3)).toEqual([
        ['JOINED', null],
        ['JOINED', 'remembered'],
        ['LEFT', null],
      ]);
      expect(await told('Silves', 2)).toEqual([
        ['JOINED', null],
        ['LEFT', null],
      ]);
      expect(await memberOf('forgotten')).toBeNull();
    });

    it('for good reaches those who have left before', async () => {
      await assign('long gone', 'Loulé', LIKES[1]);
      await leave('long gone');
      expect([await forget('long gone'), await forget('long gone')]).toEqual([true, false]);
      expect((await logOf(gateway.url, 'Loulé', 2)).map(({ userId }) => userId)).toEqual([null, null]);
      expect(await cityOf('Loulé')).toMatchObject({ seq: 2 });
    });

    it.each(['', 'a\u0007', 'x'.repeat(129)])(
      'refuses the userId %j, which can be nobody’s',
      async (userId) => {
        const code = 'BAD_USER_INPUT';
        expect(await gateway.client.refusal(LeaveDocument, { userId })).toMatchObject({ code });
        expect(await gateway.client.refusal(ForgetDocument, { userId })).toMatchObject({ code });
      },
    );
  });
});
