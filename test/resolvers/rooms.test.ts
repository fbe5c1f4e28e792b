import { PgliteDatabase } from '../../src/storage/pglite/pglite';
import { PostgresDatabase } from '../../src/storage/postgres';
import {
  AssignDocument,
  AssignManyDocument,
  CitiesDocument,
  CityDocument,
  CityWithMembersDocument,
  type InterestsInput,
  LeaveDocument,
  MemberDocument,
  RoomMembersDocument,
  RoomNamesDocument,
  SegmentsDocument,
} from '../client/generated';
import { useGateway } from '../e2e/gateway';
import { LIKES, NOTHING } from '../e2e/people';
import { describeEachStorage } from '../e2e/storages';

const NO_ROOM = '00000000-0000-4000-8000-000000000000';

describeEachStorage((open) => {
  const gateway = useGateway(open, { ROOM_CAPACITY: '10' });

  async function assign(userId: string, city: string, interests: InterestsInput) {
    return (await gateway.client.run(AssignDocument, { input: { userId, city, interests } })).assignCluster;
  }
  async function crowd(size: number, city: string, interests: InterestsInput) {
    const inputs = Array.from({ length: size }, (_, i) => ({ userId: `${city} ${i}`, city, interests }));
    return (await gateway.client.run(AssignManyDocument, { inputs })).assignClusters;
  }
  async function cityOf(name: string) {
    return (await gateway.client.run(CityDocument, { name })).city;
  }

  describe('overflow rooms', () => {
    it('open when a room is full, and are used again when somebody has left', async () => {
      await crowd(21, 'Porto', LIKES[2]);
      const full = await cityOf('Porto');
      expect(full?.rooms.map(({ memberCount }) => memberCount)).toEqual([10, 10, 1]);
      const [first, second, third] = full?.rooms.map(({ name }) => name) ?? [];
      expect([second, third]).toEqual([`${first} 2`, `${first} 3`]);
      await gateway.client.run(LeaveDocument, { userId: 'Porto 0' });
      expect((await assign('newcomer', 'Porto', LIKES[2])).room).toMatchObject({
        name: first,
        memberCount: 10,
      });
    });

    it('do not move who repeats the request', async () => {
      await crowd(11, 'Faro', LIKES[2]);
      await gateway.client.run(LeaveDocument, { userId: 'Faro 0' });
      expect(await assign('Faro 10', 'Faro', LIKES[2])).toMatchObject({
        changed: false,
        room: { memberCount: 1 },
      });
    });

    it('open for the lobby, too', async () => {
      await crowd(11, 'Lagos', NOTHING);
      const rooms = (await cityOf('Lagos'))?.rooms.map(({ name, memberCount }) => [name, memberCount]);
      expect(rooms).toEqual([
        ['Lagos · Lobby', 10],
        ['Lagos · Lobby 2', 1],
      ]);
    });
  });

  describe('lists', () => {
    it('cities in pages, by name', async () => {
      for (const city of ['page b', 'Page A', 'PAGE C']) await assign(`of ${city}`, city, NOTHING);
      const names: string[] = [];
      let after: string | null = null;
      do {
        const { cities }: { cities: CitiesPage } = await gateway.client.run(CitiesDocument, {
          first: 1,
          after,
        });
        expect(cities.edges).toHaveLength(1);
        expect(cities.pageInfo.startCursor).toBe(cities.edges[0]?.cursor);
        expect(cities.pageInfo.endCursor).toBe(cities.edges[0]?.cursor);
        names.push(cities.edges[0]?.node.name ?? '');
        after = cities.pageInfo.hasNextPage ? cities.pageInfo.endCursor : null;
      } while (after !== null);
      expect(names.filter((name) => /^page/i.test(name))).toEqual(['Page A', 'page b', 'PAGE C']);
      expect(new Set(names).size).toBe(names.length);
      const { cities: all } = await gateway.client.run(CitiesDocument, {});
      expect(all.edges.map(({ node }) => node.name)).toEqual(names);
      expect(all.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
    });

    it("a room's members in pages, by userId", async () => {
      const { room } = await assign('c', 'Tavira', LIKES[1]);
      await assign('a', 'Tavira', LIKES[1]);
      await assign('b', 'Tavira', LIKES[1]);
      const page = async (first?: number, after?: string | null) =>
        (await gateway.client.run(RoomMembersDocument, { id: room.id, first, after })).room?.members;
      const firstPage = await page(2);
      expect(firstPage?.edges.map(({ node }) => node.userId)).toEqual(['a', 'b']);
      expect(firstPage?.pageInfo.hasNextPage).toBe(true);
      const secondPage = await page(2, firstPage?.pageInfo.endCursor);
      expect(secondPage?.edges.map(({ node }) => node.userId)).toEqual(['c']);
      expect(secondPage?.pageInfo.hasNextPage).toBe(false);
      expect(await page(100, secondPage?.pageInfo.endCursor)).toEqual({
        edges: [],
        pageInfo: { startCursor: null, endCursor: null, hasNextPage: false, hasPreviousPage: false },
      });
    });

    it.each([0, -1, 101])('refuse first: %d', async (first) => {
      const { room } = await assign('d', 'Tavira', LIKES[2]);
      const refusal = { code: 'BAD_USER_INPUT', message: `first is ${first}: it must be from 1 to 100.` };
      expect(await gateway.client.refusal(CitiesDocument, { first })).toMatchObject(refusal);
      expect(await gateway.client.refusal(RoomMembersDocument, { id: room.id, first })).toMatchObject(
        refusal,
      );
    });

    it('refuse cursors of other lists, and what is none', async () => {
      const { room } = await assign('e', 'Tavira', LIKES[3]);
      const other = await assign('f', 'Tavira', LIKES[4]);
      const { cities } = await gateway.client.run(CitiesDocument, {});
      const found = await gateway.client.run(RoomMembersDocument, { id: other.room.id });
      const foreign = [
        cities.pageInfo.endCursor,
        found.room?.members.pageInfo.endCursor,
        '',
        'x',
        'W10',
        'bnVsbA',
      ];
      for (const after of foreign) {
        expect(await gateway.client.refusal(RoomMembersDocument, { id: room.id, after })).toMatchObject({
          code: 'BAD_USER_INPUT',
          message: expect.stringContaining('after is not a cursor of this list'),
        });
      }
      const after = found.room?.members.pageInfo.endCursor;
      const unprintable = Buffer.from(JSON.stringify(['cities', '\u0000'])).toString('base64url');
      for (const foreignToCities of [after, unprintable]) {
        expect(await gateway.client.refusal(CitiesDocument, { after: foreignToCities })).toMatchObject({
          code: 'BAD_USER_INPUT',
        });
      }
    });
  });

  it('what is not there is null', async () => {
    expect(await cityOf('Atlantis')).toBeNull();
    expect(await gateway.client.run(MemberDocument, { userId: 'nobody' })).toEqual({ member: null });
    for (const id of [NO_ROOM, 'no uuid', '']) {
      expect(await gateway.client.run(RoomNamesDocument, { id })).toEqual({ room: null });
    }
  });

  it('refuses names that no city and no user can have', async () => {
    for (const name of ['', ' ', 'a\tb', '\ud800', 'x'.repeat(101)]) {
      expect(await gateway.client.refusal(CityDocument, { name })).toMatchObject({ code: 'BAD_USER_INPUT' });
    }
    expect(await gateway.client.refusal(MemberDocument, { userId: '\u0000' })).toMatchObject({
      code: 'BAD_USER_INPUT',
    });
  });

  it('a room has a name in each language, and is found by its id in any case', async () => {
    const { room } = await assign('namer', 'Évora', LIKES[4]);
    const lobby = await assign('idler', 'Évora', NOTHING);
    const { segments } = await gateway.client.run(SegmentsDocument, { locale: 'ES' });
    const es = `Évora · ${segments[3]?.label}`;
    expect(await gateway.client.run(RoomNamesDocument, { id: room.id.toUpperCase() })).toEqual({
      room: { en: room.name, es },
    });
    expect(await gateway.client.run(RoomNamesDocument, { id: lobby.room.id })).toEqual({
      room: { en: 'Évora · Lobby', es: 'Évora · Vestíbulo' },
    });
  });

  it("a member's assignment is the one that put it there", async () => {
    const placed = await assign('known', 'Beja', LIKES[3]);
    expect(await gateway.client.run(MemberDocument, { userId: 'known' })).toEqual({
      member: {
        userId: 'known',
        city: 'Beja',
        room: placed.room,
        assignment: { ...placed, changed: false, seq: null },
      },
    });
  });

  it("counts a segment's members in all cities", async () => {
    const count = async () =>
      (await gateway.client.run(SegmentsDocument, {})).segments.map((s) => s.memberCount);
    const before = await count();
    await assign('counted 1', 'Lisbon', LIKES[3]);
    await assign('counted 2', 'Silves', LIKES[3]);
    await assign('counted 3', 'Silves', NOTHING);
    expect(await count()).toEqual(before.map((n, i) => (i === 2 ? n + 2 : n)));
  });

  it('makes as many statements for twenty rooms with all their members as for one', async () => {
    await crowd(1, 'Small', LIKES[1]);
    await crowd(200, 'Large', LIKES[1]);
    const statements = [
      jest.spyOn(PgliteDatabase.prototype, 'scope'),
      jest.spyOn(PostgresDatabase.prototype, 'scope'),
    ];
    const ask = async (name: string) => {
      for (const spy of statements) spy.mockClear();
      const { city } = await gateway.client.run(CityWithMembersDocument, { name });
      const made = statements.flatMap((spy) => spy.mock.calls).length;
      const members = city?.rooms.flatMap((room) => room.members.edges.map(({ node }) => node)) ?? [];
      for (const { room, assignment } of members)
        expect([room.segment?.number, assignment.cluster]).toEqual([1, 1]);
      return { rooms: city?.rooms.length, members: members.length, made };
    };
    const small = await ask('Small');
    const large = await ask('Large');
    for (const spy of statements) spy.mockRestore();
    expect([small.rooms, small.members]).toEqual([1, 1]);
    expect([large.rooms, large.members]).toEqual([20, 200]);
    expect(small.made).toBeGreaterThan(0);
    expect(large.made).toBe(small.made);
  });
});

interface CitiesPage {
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly name: string } }[];
  readonly pageInfo: {
    readonly startCursor: string | null;
    readonly endCursor: string | null;
    readonly hasNextPage: boolean;
  };
}
