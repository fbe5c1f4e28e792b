import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { type JwtClaims, JwtVerifier } from '../../src/auth/jwt-verifier';

const SECRET = 'a secret that has thirty-two bytes or more';
const CLAIMS = { sub: 'ann', org: 'nomads' };
const organizationExists = async (id: string) => id === 'nomads';
const ANY = { issuer: null, audience: null, maxLifetimeS: 86_400 };
const inAMinute = () => Math.floor(Date.now() / 1000) + 60;

function sign(claims: JWTPayload, key: Parameters<SignJWT['sign']>[0], alg: string, kid = 'one') {
  return new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(key);
}

const bytes = (text: string) => new TextEncoder().encode(text);
const signed = (claims: JWTPayload, secret = SECRET) => sign(claims, bytes(secret), 'HS256');

describe('tokens signed with the secret', () => {
  const verifier = (claims: Partial<JwtClaims> = {}) =>
    new JwtVerifier({ keys: { secret: SECRET }, claims: { ...ANY, ...claims }, organizationExists });

  it('say who the member is, until when, and are remembered', async () => {
    const exp = inAMinute();
    const token = await signed({ ...CLAIMS, exp });
    const jwts = verifier();
    expect(jwts.verified(token)).toBeUndefined();
    const viewer = await jwts.verify(token);
    expect(viewer).toEqual({
      organizationId: 'nomads',
      role: 'MEMBER',
      userId: 'ann',
      actor: 'a member',
      keyId: null,
      expiresAt: exp * 1000,
    });
    expect(jwts.verified(token)).toBe(viewer);
  });

  it.each<[string, JWTPayload]>([
    ['no end', { ...CLAIMS }],
    ['no userId', { org: 'nomads', exp: inAMinute() }],
    ['no organization', { sub: 'ann', exp: inAMinute() }],
    ['an organization that is none', { sub: 'ann', org: 'strangers', exp: inAMinute() }],
    ['an empty userId', { ...CLAIMS, sub: ' ', exp: inAMinute() }],
    ['a userId with a control character', { ...CLAIMS, sub: 'a\u0007', exp: inAMinute() }],
    ['a userId that is a number', { ...CLAIMS, sub: 7 as unknown as string, exp: inAMinute() }],
    ['a beginning that is still to come', { ...CLAIMS, exp: inAMinute(), nbf: inAMinute() }],
  ])('count for nothing with %s', async (_what, claims) => {
    const token = await signed(claims);
    const jwts = verifier();
    expect(await jwts.verify(token)).toBeNull();
    expect(jwts.verified(token)).toBeUndefined();
  });

  it('count for nothing when signed otherwise, or not at all', async () => {
    const claims = { ...CLAIMS, exp: inAMinute() };
    const { privateKey } = await generateKeyPair('RS256');
    const tokens = [
      await signed(claims, `${SECRET}!`),
      await sign(claims, bytes(SECRET), 'HS512'),
      await sign(claims, privateKey, 'RS256'),
      new UnsecuredJWT(claims).encode(),
      'a.b.c',
    ];
    for (const token of tokens) expect(await verifier().verify(token)).toBeNull();
  });

  it('count for nothing with any character changed', async () => {
    const token = await signed({ ...CLAIMS, exp: inAMinute() });
    const jwts = verifier();
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 1), fc.constantFrom(...'ABCDwxyz019_-'), async (at, letter) => {
        const changed = token.slice(0, at) + letter + token.slice(at + 1);
        // The last character of a signature has bits that are not part of it, but its first ones are.
        fc.pre(changed !== token && at < token.length - 1);
        expect(await jwts.verify(changed)).toBeNull();
      }),
    );
  });

  it('say that they have expired, five seconds of wrong clocks aside', async () => {
    const now = Math.floor(Date.now() / 1000);
    await expect(verifier().verify(await signed({ ...CLAIMS, exp: now - 10 }))).rejects.toMatchObject({
      message: 'The token has expired: send a new one',
      extensions: { code: 'UNAUTHENTICATED' },
    });
    expect(await verifier().verify(await signed({ ...CLAIMS, exp: now - 2 }))).not.toBeNull();
    // Who cannot sign does not learn even that.
    expect(await verifier().verify(await signed({ ...CLAIMS, exp: now - 10 }, `${SECRET}!`))).toBeNull();
  });

  it('are of the issuer and for the audience that are asked for, and say so only to whoever can sign', async () => {
    const jwts = verifier({ issuer: 'https://issuer.example', audience: 'tertulia' });
    const right = { ...CLAIMS, iss: 'https://issuer.example', aud: ['other', 'tertulia'], exp: inAMinute() };
    expect(await jwts.verify(await signed(right))).toMatchObject({ userId: 'ann' });
    for (const [claim, value] of [
      ['iss', 'https://evil.example'],
      ['iss', undefined],
      ['aud', 'other'],
      ['aud', undefined],
    ] as const) {
      const wrong = { ...right, [claim]: value };
      const token = await signed(wrong);
      await expect(jwts.verify(token)).rejects.toMatchObject({
        message: `The token's "${claim}" is not the one that counts here`,
        extensions: { code: 'UNAUTHENTICATED' },
      });
      expect(jwts.verified(token)).toBeUndefined();
      expect(await jwts.verify(await signed(wrong, `${SECRET}!`))).toBeNull();
    }
  });

  it('live from "iat", or from now, for no longer than they may', async () => {
    const now = Math.floor(Date.now() / 1000);
    const jwts = verifier({ maxLifetimeS: 3600 });
    for (const times of [
      { iat: now, exp: now + 3600 },
      { exp: now + 3600 },
      { iat: now - 3000, exp: now + 600 },
    ])
      expect(await jwts.verify(await signed({ ...CLAIMS, ...times }))).toMatchObject({ userId: 'ann' });
    for (const times of [
      { iat: now, exp: now + 3700 },
      { exp: now + 3700 },
      { iat: now - 3600, exp: now + 600 },
      { iat: now + 1_000_000, exp: now + 1_000_600 }, // issued later than now
    ]) {
      const claims = { ...CLAIMS, ...times };
      await expect(jwts.verify(await signed(claims))).rejects.toMatchObject({
        message: expect.stringContaining('at most 3600 s from "iat" to "exp" are allowed'),
        extensions: { code: 'UNAUTHENTICATED' },
      });
      expect(await jwts.verify(await signed(claims, `${SECRET}!`))).toBeNull();
    }
  });
});

describe('tokens signed with a key of a set', () => {
  let server: Server;
  let jwksUrl: string;
  let answer: { status: number; keys: object[] };
  let fetches = 0;

  beforeEach(async () => {
    fetches = 0;
    answer = { status: 200, keys: [] };
    server = createServer((_request, response) => {
      fetches++;
      response
        .writeHead(answer.status, { 'content-type': 'application/json', connection: 'close' })
        .end(JSON.stringify({ keys: answer.keys }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const verifier = () => new JwtVerifier({ keys: { jwksUrl }, claims: ANY, organizationExists });

  async function newPair(alg: string, kid: string) {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
    const key = { ...(await exportJWK(publicKey)), alg, kid };
    return { key, sign: (claims: JWTPayload) => sign(claims, privateKey, alg, kid) };
  }

  it.each(['RS256', 'ES256', 'EdDSA'])('are verified by it (%s), which is fetched once', async (alg) => {
    const { key, sign } = await newPair(alg, 'one');
    answer.keys = [key];
    const jwts = verifier();
    for (const sub of ['ann', 'ben', 'cleo'])
      expect(await jwts.verify(await sign({ ...CLAIMS, sub, exp: inAMinute() }))).toMatchObject({
        userId: sub,
      });
    expect(fetches).toBe(1);
  });

  it('are taken at once when the keys have changed, and those of a key that has gone no more', async () => {
    const [old, fresh] = [await newPair('ES256', 'one'), await newPair('ES256', 'two')];
    answer.keys = [old.key];
    const jwts = verifier();
    expect(await jwts.verify(await old.sign({ ...CLAIMS, exp: inAMinute() }))).not.toBeNull();
    answer.keys = [fresh.key];
    expect(await jwts.verify(await fresh.sign({ ...CLAIMS, exp: inAMinute() }))).not.toBeNull();
    expect(await jwts.verify(await old.sign({ ...CLAIMS, exp: inAMinute() + 1 }))).toBeNull();
    expect(fetches).toBe(3);
  });

  it('of unknown keys do not have the set fetched for each of them', async () => {
    const [known, strange] = [await newPair('ES256', 'one'), await newPair('ES256', 'strange')];
    answer.keys = [known.key];
    const jwts = verifier();
    for (let i = 0; i < 50; i++)
      expect(await jwts.verify(await strange.sign({ ...CLAIMS, sub: `${i}`, exp: inAMinute() }))).toBeNull();
    expect(fetches).toBeLessThanOrEqual(12);
    expect(await jwts.verify(await known.sign({ ...CLAIMS, exp: inAMinute() }))).not.toBeNull();
  });

  it('are never verified by a secret that everybody knows', async () => {
    const { key } = await newPair('RS256', 'one');
    answer.keys = [
      key,
      { kty: 'oct', k: Buffer.from(SECRET).toString('base64url'), alg: 'HS256', kid: 'two' },
    ];
    const jwts = verifier();
    expect(
      await jwts.verify(await sign({ ...CLAIMS, exp: inAMinute() }, bytes(key.n ?? ''), 'HS256')),
    ).toBeNull();
    expect(
      await jwts.verify(await sign({ ...CLAIMS, exp: inAMinute() }, bytes(SECRET), 'HS256', 'two')),
    ).toBeNull();
    expect(await jwts.verify(new UnsecuredJWT({ ...CLAIMS, exp: inAMinute() }).encode())).toBeNull();
  });

  it('cannot be told right from wrong while the set cannot be fetched', async () => {
    const { key, sign } = await newPair('ES256', 'one');
    answer = { status: 500, keys: [key] };
    const jwts = verifier();
    const token = await sign({ ...CLAIMS, exp: inAMinute() });
    for (let i = 0; i < 5; i++)
      await expect(jwts.verify(token)).rejects.toMatchObject({ extensions: { code: 'STORAGE_UNAVAILABLE' } });
    expect(fetches).toBe(1);
  });
});
