import { randomUUID } from 'node:crypto';
import {
  AssignDocument,
  AuditLogDocument,
  CitiesDocument,
  CityDocument,
  LeaveDocument,
  MemberDocument,
  RenameCityDocument,
  WatchCityDocument,
} from '../client/generated';
import { JWT_SECRET, OPERATOR_KEY, tokenOf } from './access/personas';
import { Client } from './client';
import { useGateway } from './gateway';
import { LIKES } from './people';
import { describeEachStorage } from './storages';
import { Subscription } from './subscription';

describeEachStorage((open) => {
  const gateway = useGateway(open, { ADMIN_API_KEY: OPERATOR_KEY, AUTH_JWT_SECRET: JWT_SECRET });
  let client: Client;
  beforeAll(() => {
    client = new Client(gateway.url, OPERATOR_KEY);
  });

  const newName = () => `City ${randomUUID()}`;
  const assign = async (city: string, userId: string = randomUUID()) =>
    (await client.run(AssignDocument, { input: { userId, city, interests: LIKES[1] } })).assignCluster;
  const rename = async (name: string, to: string) =>
    (await client.run(RenameCityDocument, { name, to })).renameCity;
  const refusal = (name: string, to: string) => client.refusal(RenameCityDocument, { name, to });
  const find = async (name: string) => (await client.run(CityDocument, { name })).city;
  const watch = (city: string, after?: number, key = OPERATOR_KEY) =>
    new Subscription(gateway.url, WatchCityDocument, { city, after }, key);
  const seqs = ({ results }: ReturnType<typeof watch>) =>
    results.map(({ roomMembershipChanged: { seq } }) => seq);

  it('is found by all names that it had, and shown by the last', async () => {
    const [first, second, third] = [newName(), newName(), newName()];
    const { room } = await assign(first);
    expect(await rename(first.toUpperCase(), second)).toEqual({ name: second, seq: 1, memberCount: 1 });
    expect((await rename(first, third)).name).toBe(third);
    for (const name of [first, second, ` ${third.toLowerCase()} `]) {
      const assigned = await assign(name);
      expect([assigned.room.id, assigned.room.city]).toEqual([room.id, third]);
      expect(await find(name)).toMatchObject({ name: third, rooms: [{ id: room.id, city: third }] });
    }
    expect(await find(first)).toMatchObject({ seq: 4, memberCount: 4 });
    const { auditLog } = await client.run(AuditLogDocument, { first: 1 });
    expect(auditLog.edges[0]?.node).toMatchObject({
      action: 'renameCity',
      target: first,
      details: { to: third },
    });
    expect((await rename(third, first)).name).toBe(first);
    expect((await rename(first, first.toUpperCase())).name).toBe(first.toUpperCase());
  });

  it('is listed by the name that it has now', async () => {
    const [a, b, z] = ['a', 'b', 'z'].map((letter) => `\u{1f3d9} ${letter} ${randomUUID()}`) as [
      string,
      string,
      string,
    ];
    for (const name of [z, b]) await assign(name);
    await rename(z, a);
    const names: string[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const { cities }: { cities: Page } = await client.run(CitiesDocument, { first: 2, after });
      names.push(...cities.edges.map(({ node }) => node.name).filter((name) => name.startsWith('\u{1f3d9}')));
      [after, more] = [cities.pageInfo.endCursor ?? null, cities.pageInfo.hasNextPage];
    }
    expect(names).toEqual([a, b]);
  });

  it('goes on for its watchers, whatever name they came by, each event once', async () => {
    const [before, later] = [newName(), newName()];
    const early = watch(later, 0); // nobody has been there yet
    const first = watch(before, 0);
    await assign(before);
    await assign(before);
    await first.until(() => first.results.length === 2);
    const kept = watch(before, 1);
    await kept.until(() => kept.results.length === 1);
    await rename(before, later);
    await early.until(() => early.results.length === 2);
    const [byNew, byOld] = [watch(later, 1), watch(before, 2)];
    await byNew.until(() => byNew.results.length === 1);
    const userId = randomUUID();
    await assign(before, userId);
    await assign(later);
    await client.run(LeaveDocument, { userId });
    const all = [early, first, kept, byNew, byOld];
    await Promise.all(all.map((each) => each.until(() => seqs(each).at(-1) === 5)));
    expect(all.map(seqs)).toEqual([
      [1, 2, 3, 4, 5],
      [1, 2, 3, 4, 5],
      [2, 3, 4, 5],
      [2, 3, 4, 5],
      [3, 4, 5],
    ]);
    expect(byOld.results[0]?.roomMembershipChanged.city).toBe(later);
  });

  it('is seen and watched by a MEMBER in it by any of its names, and left', async () => {
    const [old, present, userId] = [newName(), newName(), randomUUID()];
    await assign(old, userId);
    await rename(old, present);
    const token = await tokenOf(userId, 'nomads');
    const member = new Client(gateway.url, token);
    for (const name of [old, present]) {
      expect((await member.run(CityDocument, { name })).city).toMatchObject({ name: present, seq: 1 });
      const watching = watch(name, 0, token);
      await watching.until(() => watching.results.length === 1);
    }
    const elsewhere = newName();
    await assign(elsewhere);
    expect((await member.refusal(CityDocument, { name: elsewhere })).code).toBe('FORBIDDEN');
    expect((await member.refusal(RenameCityDocument, { name: old, to: newName() })).code).toBe('FORBIDDEN');
    await assign(old, userId);
    expect((await client.run(MemberDocument, { userId })).member?.city).toBe(present);
    expect((await find(present))?.seq).toBe(1);
    await member.run(LeaveDocument, { userId });
    expect((await member.refusal(CityDocument, { name: present })).code).toBe('FORBIDDEN');
  });

  it('takes no name that another city has or had, nor one that may not be written', async () => {
    const [mine, theirs, now] = [newName(), newName(), newName()];
    for (const name of [mine, theirs]) await assign(name);
    await rename(theirs, now);
    for (const taken of [theirs, now.toUpperCase()])
      expect(await refusal(mine, taken)).toMatchObject({
        code: 'BAD_USER_INPUT',
        message: expect.stringMatching(/another city/),
      });
    expect(await refusal(newName(), newName())).toMatchObject({ code: 'NOT_FOUND' });
    for (const bad of ['Pаris', 'a\u200bb', ''])
      expect(await refusal(mine, bad)).toMatchObject({
        code: 'BAD_USER_INPUT',
        message: expect.stringMatching(/^to /),
      });
    expect(await find(mine)).toMatchObject({ name: mine });
  });

  it('has 20 names at most', async () => {
    const names = Array.from({ length: 20 }, newName) as [string, string, string, ...string[]];
    await assign(names[0]);
    for (const name of names.slice(1)) await rename(names[0], name);
    expect(await refusal(names[0], newName())).toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringMatching(/20 names/),
    });
    expect((await rename(names[1], names[2])).name).toBe(names[2]);
  });

  it('is one city, though it is joined and renamed to the same name at once', async () => {
    for (let round = 0; round < 10; round++) {
      const [old, name] = [newName(), newName()];
      await assign(old);
      const [, joined] = await Promise.all([
        rename(old, name).catch(() => null),
        assign(name),
        assign(name.toUpperCase()),
      ]);
      const [city, renamed] = [await find(name), (await find(old))?.name === name];
      expect(city?.memberCount).toBe(renamed ? 3 : 2);
      expect(city?.rooms.map(({ id }) => id)).toContain(joined.room.id);
    }
  });

  it.each(['Pаris', 'Lis\u202ebon', '\u2800'])('refuses %j wherever a city is named', async (name) => {
    const refusals = await Promise.all([
      client.refusal(AssignDocument, { input: { userId: 'a', city: name, interests: LIKES[1] } }),
      client.refusal(CityDocument, { name }),
    ]);
    expect(refusals.map(({ code }) => code)).toEqual(['BAD_USER_INPUT', 'BAD_USER_INPUT']);
    expect((await watch(name).refused())[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
  });
});

interface Page {
  readonly edges: readonly { readonly node: { readonly name: string } }[];
  readonly pageInfo: { readonly endCursor?: string | null; readonly hasNextPage: boolean };
}
