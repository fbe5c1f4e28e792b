import fc from 'fast-check';
import { ApiKeyStore } from '../../src/auth/api-key-store';
import { ApiKeys } from '../../src/auth/api-keys';
import { CredentialWatch } from '../../src/auth/credential-watch';
import { Openness } from '../../src/auth/openness';
import { migrate } from '../../src/storage/migrate';
import { describeEachDatabase, type TestDatabase } from '../databases';

const ORGANIZATION = 'nomads';
const EVERYTHING_BUT_THE_CLOCK = [
  'Date',
  'hrtime',
  'nextTick',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

describeEachDatabase((open) => {
  let test: TestDatabase;
  let keys: ApiKeys;
  const errors: unknown[] = [];

  const gateway = () =>
    new ApiKeys({ store: new ApiKeyStore(test.database), onError: (error) => void errors.push(error) });
  const create = (label: string, role: 'ADMIN' | 'APP' = 'APP') =>
    keys.create(ORGANIZATION, { role, label, createdBy: 'a test' });

  beforeAll(async () => {
    test = await open();
    await migrate(test.database);
    await test.database.system.query("insert into organizations (id, name) values ('other', 'Other')");
    keys = gateway();
  });
  afterAll(async () => {
    await test.remove();
    expect(errors).toEqual([]);
  });

  it('lets whoever has a key in with its role, and remembers it', async () => {
    const { key, secret } = await create('web', 'ADMIN');
    expect(secret).toMatch(/^tk_[0-9a-f]{12}_[\w-]{43}$/);
    expect(secret.startsWith(`${key.prefix}_`)).toBe(true);
    expect(keys.verified(secret)).toBeUndefined();
    const holder = await keys.verify(secret);
    expect(holder?.requestsPerMinute).toBeNull();
    expect(holder?.viewer).toEqual({
      organizationId: ORGANIZATION,
      role: 'ADMIN',
      userId: null,
      actor: `web (${key.prefix})`,
      keyId: key.id,
      expiresAt: null,
    });
    expect(keys.verified(secret)).toBe(holder);
    keys.forget();
    expect(keys.verified(secret)).toBeUndefined();
  });

  it('keeps nothing that lets anybody in', async () => {
    const { secret } = await create('secretive');
    const kept = JSON.stringify(await test.database.system.query('select * from api_keys'));
    expect(kept).not.toContain(secret.slice(16));
    expect(JSON.stringify(await keys.list(ORGANIZATION, null))).not.toMatch(/hash|[\w-]{43}/);
  });

  it('verifies no key but those that were made, however little is changed', async () => {
    const { secret } = await create('changed');
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: secret.length - 1 }),
        fc.constantFrom(...ALPHABET),
        async (at, character) => {
          const changed = secret.slice(0, at) + character + secret.slice(at + 1);
          const holder = keys.verified(changed) ?? (await keys.verify(changed));
          expect(holder !== null).toBe(changed === secret);
        },
      ),
      { numRuns: 200 },
    );
    expect(keys.kept).toBeLessThanOrEqual(1);
    for (const wrong of ['', secret.slice(0, -1), `${secret}x`, ` ${secret}`, secret.toUpperCase()])
      expect(await keys.verify(wrong)).toBeNull();
  });

  it('ends a revoked key at once, and lets it in nowhere again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.boolean(), async (isKept, byPrefix) => {
        const { key, secret } = await create('short-lived');
        if (isKept) await keys.verify(secret);
        const revoked = await keys.revoke(ORGANIZATION, byPrefix ? key.prefix : key.id);
        expect(revoked).toEqual({ ...key, lastUsedAt: revoked.lastUsedAt, revokedAt: expect.any(String) });
        expect(keys.verified(secret)).toBeUndefined();
        expect(await keys.verify(secret)).toBeNull();
        expect(await gateway().verify(secret)).toBeNull();
        expect(await keys.revoke(ORGANIZATION, key.id)).toMatchObject({ revokedAt: revoked.revokedAt });
      }),
      { numRuns: 8 },
    );
  });

  it('hears within ten seconds that another gateway revoked a key, without asking each time', async () => {
    const { key, secret } = await create('ended elsewhere');
    const other = gateway();
    jest.useFakeTimers({ doNotFake: [...EVERYTHING_BUT_THE_CLOCK] });
    try {
      const holder = await other.verify(secret);
      await keys.revoke(ORGANIZATION, key.id);
      jest.advanceTimersByTime(4_999);
      expect(other.verified(secret)).toBe(holder);
      jest.advanceTimersByTime(5_002);
      expect(other.verified(secret)).toBeUndefined();
    } finally {
      jest.useRealTimers();
    }
    expect(await other.verify(secret)).toBeNull();
  });

  it('watches the keys of open sockets, and whether there is one of role ADMIN', async () => {
    const [ended, kept] = [await create('ended'), await create('kept')];
    await test.database.system.query("update api_keys set revoked_at = now() where role = 'ADMIN'");
    const viewers = await Promise.all([ended, kept].map(({ secret }) => keys.verify(secret)));
    let gone: (actor: string | undefined) => void;
    const closed = new Promise((resolve) => {
      gone = resolve;
    });
    const openness = new Openness(true);
    const opened = new Promise<void>((resolve) => openness.onClose(resolve));
    const watch = new CredentialWatch({
      store: new ApiKeyStore(test.database),
      openness,
      sockets: {
        viewers: () => viewers.flatMap((holder) => holder?.viewer ?? []),
        closeWhere(hasEnded) {
          const closing = viewers.filter((holder) => holder !== null && hasEnded(holder.viewer));
          if (closing.length > 0) gone(closing.map((holder) => holder?.viewer.actor).join());
        },
      },
      onError: (error) => void errors.push(error),
      everyMs: 5,
    });
    await keys.revoke(ORGANIZATION, ended.key.id);
    expect(await closed).toBe(`ended (${ended.key.prefix})`);
    expect(openness.open).toBe(true);
    await create('the first', 'ADMIN');
    await opened;
    expect(openness.open).toBe(false);
    await watch.close();
  });

  it('does not remember a key that is revoked while it is looked up', async () => {
    const { key, secret } = await create('raced');
    const store = new ApiKeyStore(test.database);
    await keys.verify(secret, async (prefix) => {
      const [found] = await store.findLive([prefix]);
      await keys.revoke(ORGANIZATION, key.id);
      return found ?? null;
    });
    expect(keys.verified(secret)).toBeUndefined();
  });

  it('shows and ends keys of one organization only', async () => {
    const { key, secret } = await create('ours');
    expect(await keys.list('other', null)).toEqual([]);
    await expect(keys.revoke('other', key.id)).rejects.toMatchObject({ extensions: { code: 'NOT_FOUND' } });
    await expect(keys.revoke('other', key.prefix)).rejects.toMatchObject({
      extensions: { code: 'NOT_FOUND' },
    });
    await expect(keys.revoke(ORGANIZATION, "it's")).rejects.toMatchObject({
      extensions: { code: 'NOT_FOUND' },
    });
    expect(await keys.verify(secret)).not.toBeNull();
  });

  it('finds keys by how they begin, the newest first, and tells when they were used', async () => {
    const { key: first } = await create('first');
    const { key: second, secret } = await create('second');
    expect((await keys.list(ORGANIZATION, null)).slice(0, 2)).toEqual([second, first]);
    expect(await keys.list(ORGANIZATION, first.prefix.slice(0, -1))).toEqual([first]);
    expect(second.lastUsedAt).toBeNull();
    await keys.verify(secret);
    const look = async () => (await keys.list(ORGANIZATION, second.prefix))[0];
    let used = await look();
    while (used?.lastUsedAt === null) used = await look(); // it is noted in the background
    expect(Date.parse(used?.lastUsedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(second.createdAt));
  });

  it('asks for a label that people can read', async () => {
    for (const label of ['', ' ', 'x'.repeat(101), 'a\u0000b'])
      await expect(create(label)).rejects.toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
  });
});
