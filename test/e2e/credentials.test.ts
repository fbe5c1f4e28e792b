import { SignJWT } from 'jose';
import {
  ApiKeysDocument,
  AssignDocument,
  CreateApiKeyDocument,
  ForgetDocument,
  OrganizationDocument,
  RevokeApiKeyDocument,
  UpdateOrganizationDocument,
} from '../client/generated';
import { ProtocolSocket } from '../realtime/protocol-socket';
import { Client } from './client';
import { startGateway, useGateway } from './gateway';
import { LIKES } from './people';
import { describeEachStorage, useStorage } from './storages';

const OPERATOR_KEY = 'the-key-of-the-operator';
const SECRET = 'a secret that has thirty-two bytes or more';
const RIGHT_SHAPE = `tk_${'0'.repeat(12)}_${'A'.repeat(43)}`;

function tokenOf(sub: string, seconds: number, claims: Record<string, unknown> = { org: 'nomads' }) {
  const exp = Math.floor(Date.now() / 1000) + seconds;
  return new SignJWT({ ...claims, sub, exp })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(SECRET));
}

async function createKey(client: Client, role: 'ADMIN' | 'APP', label = 'a test') {
  const { createApiKey } = await client.run(CreateApiKeyDocument, { input: { role, label } });
  return { ...createApiKey.key, secret: createApiKey.secret };
}

function connect({ url }: Client, key?: string): Promise<ProtocolSocket> {
  return ProtocolSocket.connect(`${url.replace('http', 'ws')}/graphql`, key && `Bearer ${key}`);
}

const assigning = (userId: string) => ({ input: { userId, city: 'Lisbon', interests: LIKES[1] } });

describeEachStorage((open) => {
  describe('a gateway without credentials', () => {
    const storage = useStorage(open);

    it('closes itself when the first key of role ADMIN is made, and stays closed', async () => {
      const allowOthers = { allowOthers: true };
      const gateway = await startGateway(storage.environment, allowOthers);
      const { client } = gateway;
      // On PostgreSQL another gateway serves the same data, and hears of it.
      const other = storage.environment['DATABASE_URL']
        ? await startGateway(storage.environment, allowOthers)
        : null;
      const [anonymous, elsewhere] = [await connect(client), other && (await connect(other.client))];
      const app = await createKey(client, 'APP');
      const appSocket = await connect(client, app.secret);
      await anonymous.settled();

      const admin = await createKey(client, 'ADMIN');
      const told = { code: 4403, reason: 'The gateway asks for a key now: connect again with one' };
      expect(await anonymous.closed).toEqual(told);
      await appSocket.settled();
      expect(await client.refusal(AssignDocument, assigning('ann'))).toMatchObject({
        status: 401,
        code: 'UNAUTHENTICATED',
      });
      await new Client(client.url, app.secret).run(AssignDocument, assigning('ann'));
      const { organization } = await new Client(client.url, admin.secret).run(ApiKeysDocument, {});
      expect(organization.apiKeys).toMatchObject([
        { id: admin.id, role: 'ADMIN', createdBy: 'anybody (the gateway is open)', revokedAt: null },
        { id: app.id, role: 'APP' },
      ]);
      if (elsewhere !== null) expect(await elsewhere.closed).toEqual(told);
      await appSocket.close();
      await other?.close();
      await gateway.close();

      const again = await startGateway({ ...storage.environment, HOST: '127.0.0.1' });
      expect(await again.client.refusal(ApiKeysDocument, {})).toMatchObject({ code: 'UNAUTHENTICATED' });
      await again.close();
    });
  });

  describe('a gateway with credentials', () => {
    const gateway = useGateway(open, { ADMIN_API_KEY: OPERATOR_KEY, AUTH_JWT_SECRET: SECRET });
    const as = (key: string) => new Client(gateway.url, key);
    let operator: Client;
    beforeAll(() => {
      operator = as(OPERATOR_KEY);
    });

    it('shows a key once, finds it by its beginning, and lets nobody but an ADMIN do that', async () => {
      const app = await createKey(operator, 'APP', 'web');
      const found = await operator.run(ApiKeysDocument, { prefix: app.prefix });
      expect(found.organization.apiKeys).toMatchObject([
        { id: app.id, label: 'web', createdBy: 'ADMIN_API_KEY' },
      ]);
      expect(JSON.stringify(found)).not.toContain(app.secret.slice(16));
      const member = as(await tokenOf('ann', 60));
      for (const client of [as(app.secret), member]) {
        const input = { role: 'APP', label: 'more' } as const;
        expect(await client.refusal(CreateApiKeyDocument, { input })).toMatchObject({ code: 'FORBIDDEN' });
        expect(await client.refusal(RevokeApiKeyDocument, { id: app.id })).toMatchObject({
          code: 'FORBIDDEN',
        });
        expect(await client.refusal(ApiKeysDocument, {})).toMatchObject({ code: 'FORBIDDEN' });
      }
      await as(app.secret).run(AssignDocument, assigning('ben'));
      await member.run(AssignDocument, assigning('ann'));
      expect(await member.refusal(AssignDocument, assigning('ben'))).toMatchObject({ code: 'FORBIDDEN' });
    });

    it('ends a revoked key and its sockets at once, and nobody else’s', async () => {
      const [ended, kept] = [await createKey(operator, 'APP'), await createKey(operator, 'APP')];
      const sockets = [await connect(operator, ended.secret), await connect(operator, kept.secret)] as const;
      await as(ended.secret).run(AssignDocument, assigning('cleo'));
      await operator.run(RevokeApiKeyDocument, { id: ended.id });
      expect(await as(ended.secret).refusal(AssignDocument, assigning('cleo'))).toMatchObject({
        status: 401,
      });
      expect(await sockets[0].closed).toEqual({
        code: 4403,
        reason: 'The key has been revoked: connect again with another',
      });
      await sockets[1].settled();
      await sockets[1].close();
      expect(await operator.refusal(RevokeApiKeyDocument, { id: 'tk_nobody' })).toMatchObject({
        code: 'NOT_FOUND',
      });
    });

    it('lets a member watch its city until it leaves, and an app as long as it likes', async () => {
      const assign = (userId: string, city: string) =>
        operator.run(AssignDocument, { input: { userId, city, interests: LIKES[1] } });
      const token = await tokenOf('fay', 60);
      const [member, app] = [await connect(operator, token), await connect(operator, OPERATOR_KEY)];
      await assign('fay', 'Tavira');
      for (const socket of [member, app]) {
        socket.subscribe('1', { city: 'Tavira', after: 0 });
        await socket.untilSeq('1', 1);
      }
      await assign('fay', 'Olhão');
      await assign('gus', 'Tavira');
      const end = await member.until(({ id, type }) => id === '1' && type === 'error');
      expect(end.payload).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
      expect(await app.untilSeq('1', 3)).toEqual([1, 2, 3]);
      expect(member.seqs('1')).toEqual([1, 2]);
      // Back again it may resume, and forgetting it is leaving, too.
      await assign('fay', 'Tavira');
      member.subscribe('2', { city: 'Tavira', after: 2 });
      expect(await member.untilSeq('2', 4)).toEqual([3, 4]);
      await operator.run(ForgetDocument, { userId: 'fay' });
      await member.until(({ id, type }) => id === '2' && type === 'error');
      expect(member.seqs('2')).toEqual([3, 4, 5]);
      await member.close();
      await app.close();
    });

    it('closes a member’s socket when the token ends', async () => {
      const token = await tokenOf('dan', 2);
      const socket = await connect(operator, token);
      socket.subscribe(
        '1',
        { userId: 'dan' },
        'subscription ($userId: ID!) { assignmentChanged(userId: $userId) { cluster } }',
      );
      await socket.settled();
      await as(token).run(AssignDocument, assigning('dan'));
      expect(await socket.closed).toEqual({
        code: 4403,
        reason: 'The token has expired: connect again with a new one',
      });
      expect(socket.messages.filter(({ type }) => type === 'next')).toHaveLength(1);
    });

    it('says of an expired token that it has expired, and the same of everything else that is wrong', async () => {
      expect(await as(await tokenOf('ann', -60)).refusal(ApiKeysDocument, {})).toMatchObject({
        status: 401,
        message: 'The token has expired: send a new one',
      });
      const wrong = [
        'whatever',
        RIGHT_SHAPE,
        `${OPERATOR_KEY}!`,
        'a.b.c',
        await tokenOf('ann', 60, {}),
        await tokenOf('ann', 60, { org: 'nobodys' }),
      ];
      const refusals = await Promise.all(wrong.map((key) => as(key).refusal(ApiKeysDocument, {})));
      expect(new Set(refusals.map((refusal) => JSON.stringify(refusal))).size).toBe(1);
      expect(refusals[0]).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    });

    it('limits how often a key may ask, and says when it may again', async () => {
      const [app, other] = [await createKey(operator, 'APP'), await createKey(operator, 'APP')];
      await as(app.secret).run(AssignDocument, assigning('eve'));
      const limit = (requestsPerMinute: number | null) =>
        operator.run(UpdateOrganizationDocument, { input: { requestsPerMinute } });
      await limit(10);
      const ask = () => as(app.secret).post('/graphql', { query: '{ __typename }' });
      const answers = await Promise.all(Array.from({ length: 12 }, ask));
      const refused = answers.filter(({ status }) => status === 429);
      expect(refused.length).toBeGreaterThanOrEqual(1);
      expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(10);
      const answer = refused[0] as Response;
      const { errors } = (await answer.json()) as { errors: { extensions: object }[] };
      const retryAfter = Number(answer.headers.get('retry-after'));
      expect(retryAfter).toBeGreaterThanOrEqual(1);
      expect(errors[0]?.extensions).toEqual({ code: 'RATE_LIMITED', retryAfter });
      const download = await fetch(`${gateway.url}/heatmap.svg`, { headers: as(app.secret).credentials });
      expect([download.status, Number(download.headers.get('retry-after'))]).toEqual([
        429,
        expect.any(Number),
      ]);
      await as(other.secret).run(AssignDocument, assigning('eve'));
      await operator.run(OrganizationDocument, {});
      await limit(null);
      await as(app.secret).run(AssignDocument, assigning('eve'));
    });

    it('lets right keys in, new ones too, from an address that tries wrong ones', async () => {
      const [used, unused] = [await createKey(operator, 'APP'), await createKey(operator, 'APP')];
      await as(used.secret).run(AssignDocument, assigning('fay'));
      const statuses: number[] = [];
      for (let i = 0; i < 30; i++) {
        const wrong = `tk_${String(i).padStart(12, '0')}_${'A'.repeat(43)}`;
        const answer = await as(wrong).post('/graphql', { query: '{ __typename }' });
        statuses.push(answer.status);
        if (answer.status === 429) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
        await answer.text();
      }
      expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(20);
      expect(statuses.at(-1)).toBe(429);
      for (const { secret } of [used, unused]) await as(secret).run(AssignDocument, assigning('fay'));
      await as(await tokenOf('gus', 60)).run(AssignDocument, assigning('gus'));
      await operator.run(AssignDocument, assigning('fay'));
    });
  });
});
