import { exchange } from '../exchange';
import { ADMIN_KEY, ask, build, listen } from '../gateway';

const POST = { method: 'POST', url: '/graphql', payload: { query: '{ whoAmI }' } } as const;

describe('an open gateway behind a proxy', () => {
  it.each([
    ['x-forwarded-for', '203.0.113.9'],
    ['x-forwarded-host', 'public.example'],
    ['x-forwarded-proto', 'https'],
    ['x-forwarded-anything', 'x'],
    ['forwarded', 'for=203.0.113.9'],
    ['x-real-ip', '203.0.113.9'],
    ['via', '1.1 proxy'],
    ['cf-connecting-ip', '203.0.113.9'],
  ])('answers nothing that comes with %s, and prints what to set', async (name, value) => {
    const { app } = await build();
    const headers = { [name]: value };
    const { statusCode, payload } = await app.inject({ ...POST, headers });
    expect([statusCode, JSON.parse(payload).errors[0].extensions.code]).toEqual([403, 'FORBIDDEN']);
    expect(JSON.parse(payload).errors[0].message).toBe(
      `Without keys, whoever reaches the gateway is its administrator, so it answers no request that came through a proxy (${name}). Set ADMIN_API_KEY=$(openssl rand -hex 32)`,
    );
    for (const request of [
      { method: 'OPTIONS', url: '/graphql' },
      { method: 'GET', url: '/metrics' },
      { method: 'POST', url: '/datasets?name=x', payload: 'a,b\n1,2\n' },
      { method: 'GET', url: '/' },
      { method: 'GET', url: '/heatmap.svg' },
    ] as const)
      expect([request.url, (await app.inject({ ...request, headers })).statusCode]).toEqual([
        request.url,
        403,
      ]);
  });

  it('still answers probes and POST /cluster', async () => {
    const { app } = await build();
    const headers = { 'x-forwarded-for': '203.0.113.9', host: 'public.example' };
    expect((await app.inject({ url: '/health/live', headers })).statusCode).toBe(200);
    expect((await app.inject({ url: '/health/ready', headers })).statusCode).toBe(200);
    const payload = { _id: 1, interests: { climbing: 1, surf: 0, cooking: 0, wine: 0 } };
    const answer = await app.inject({ method: 'POST', url: '/cluster', headers, payload });
    expect([answer.statusCode, answer.json()]).toEqual([200, { _id: 1, cluster: 1 }]);
  });

  it('answers no HTTP/1.0, which proxies speak that add no header', async () => {
    const { app } = await build();
    const port = await listen(app);
    const ask = (path: string) => exchange(port, `GET ${path} HTTP/1.0\r\nhost: 127.0.0.1\r\n\r\n`);
    expect(await ask('/metrics')).toMatch(/^HTTP\/1.1 403 .*through a proxy \(HTTP\/1.0\)/s);
    expect(await ask('/health/live')).toMatch(/^HTTP\/1.1 200 /);
  });

  it('answers all of it once there is a key', async () => {
    const { app } = await build({}, ADMIN_KEY);
    const headers = { 'x-forwarded-for': '203.0.113.9', authorization: `Bearer ${ADMIN_KEY}` };
    expect((await app.inject({ ...POST, headers })).json()).toEqual({ data: { whoAmI: 'ADMIN of nomads' } });
  });
});

describe('pages that may drive an open gateway', () => {
  it.each([
    ['its own', { origin: 'http://127.0.0.1:4000', host: '127.0.0.1:4000' }],
    ['its own, by another of its names', { origin: 'http://localhost:4000', host: 'localhost:4000' }],
    ['none at all', { host: '[::1]:4000' }],
  ])('are %s', async (_which, headers: Record<string, string>) => {
    const { app } = await build();
    expect((await ask(app, { query: '{ hello }' }, headers)).status).toBe(200);
  });

  it.each([
    'http://localhost:5173',
    'http://127.0.0.1:4001',
    'https://127.0.0.1:4000',
    'https://studio.apollographql.com',
    'https://sandbox.embed.apollographql.com',
  ])('are not those of %s, and the refusal says how it would be one', async (origin) => {
    const { app } = await build({}, null, { allowedOrigins: ['http://localhost:3000'] });
    const { status, body } = await ask(app, { query: '{ hello }' }, { origin, host: '127.0.0.1:4000' });
    expect([status, body.errors[0].extensions.code]).toEqual([403, 'FORBIDDEN']);
    expect(body.errors[0].message).toContain(`ALLOWED_ORIGINS=http://localhost:3000,${origin}, or a key: `);
  });

  it('are those that are listed, from a browser too', async () => {
    const origin = 'http://localhost:5173';
    const { app } = await build({}, null, { allowedOrigins: ['https://app.example', origin] });
    const headers = { origin, host: '127.0.0.1:4000', 'access-control-request-method': 'POST' };
    for (const request of [POST, { method: 'OPTIONS', url: '/graphql' } as const]) {
      const answer = await app.inject({ ...request, headers });
      expect(answer.statusCode).toBeLessThan(300);
      expect(answer.headers['access-control-allow-origin']).toBe(origin);
    }
  });

  it('are never those without an origin of their own', async () => {
    const { app } = await build({}, null, { allowedOrigins: ['http://localhost:5173'] });
    const { status, body } = await ask(app, { query: '{ hello }' }, { origin: 'null' });
    expect(status).toBe(403);
    expect(body.errors[0].message).not.toContain('ALLOWED_ORIGINS');
  });
});

describe('host names of an open gateway', () => {
  it.each(['10.0.2.2:4000', 'Gateway.Test', '[fd00::5]:4000'])(
    '%s is answered when it is listed',
    async (host) => {
      const { app } = await build();
      const refused = await ask(app, { query: '{ hello }' }, { host });
      const name = host.replace(/:4000$/, '').toLowerCase();
      expect(refused.status).toBe(403);
      expect(refused.body.errors[0].message).toContain(`ALLOWED_HOSTS=${name}, or a key: `);
      const { app: listing } = await build({}, null, {
        allowedHosts: ['10.0.2.2', 'gateway.TEST', 'FD00:0::5'],
      });
      expect((await ask(listing, { query: '{ hello }' }, { host })).status).toBe(200);
      expect((await ask(listing, { query: '{ hello }' }, { host, origin: `http://${host}` })).status).toBe(
        200,
      );
    },
  );

  it.each(['10.0.2.22', 'evil.example:4000', '10.0.2.2.evil.example', 'localhost.evil.example', 'a b'])(
    '%p is not',
    async (host) => {
      const { app } = await build({}, null, { allowedHosts: ['10.0.2.2'] });
      expect((await ask(app, { query: '{ hello }' }, { host })).status).toBe(403);
    },
  );
});

describe('two Host headers', () => {
  it.each([
    ['GET', '/health/live', null],
    ['POST', '/cluster', null],
    ['GET', '/metrics', ADMIN_KEY],
  ])('are refused: %s %s', async (method, path, key) => {
    const { app } = await build({}, key);
    const head = `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nhost: public.example\r\nconnection: close\r\n`;
    const answer = await exchange(await listen(app), `${head}content-length: 0\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 400 .*"BAD_USER_INPUT".*several Host headers/s);
  });
});

describe('what changes something', () => {
  const form =
    '--x\r\ncontent-disposition: form-data; name="f"; filename="a.csv"\r\n\r\na,b\n1,2\n\r\n--x--\r\n';
  const datasets = { upload: async () => ({ id: '1', sha256: 'x', jobId: '2' }) };
  const uploads = [
    ['a form', { 'content-type': 'multipart/form-data; boundary=x' }, form],
    ['plain text', { 'content-type': 'text/plain' }, 'a,b\n1,2\n'],
    ['a body of no type', {}, 'a,b\n1,2\n'],
  ] as const;

  it.each(uploads)('is refused to a page of another site that sends %s', async (_what, type, payload) => {
    for (const key of [null, ADMIN_KEY])
      for (const page of [
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
        { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
        { 'sec-fetch-site': 'cross-site', origin: 'null' },
        { origin: 'http://localhost:5173' },
      ]) {
        const { app } = await build({ datasets }, key);
        const headers = { ...type, ...page, authorization: `Bearer ${ADMIN_KEY}` };
        const answer = await app.inject({ method: 'POST', url: '/datasets?name=x', headers, payload });
        expect([page, answer.statusCode, answer.json().error.code]).toEqual([page, 403, 'FORBIDDEN']);
      }
  });

  it.each(uploads)('is taken from its own page, and from no page: %s', async (_what, type, payload) => {
    const { app } = await build({ datasets });
    for (const page of [
      {},
      { 'sec-fetch-site': 'same-origin', origin: 'http://localhost:80' },
      { 'sec-fetch-site': 'none' },
    ]) {
      const headers = { host: 'localhost:80', ...type, ...page };
      const answer = await app.inject({ method: 'POST', url: '/datasets?name=x', headers, payload });
      expect([page, answer.statusCode]).toEqual([page, 202]);
    }
  });

  it('by GraphQL, too', async () => {
    const { app } = await build({}, ADMIN_KEY);
    const headers = { 'sec-fetch-site': 'cross-site', authorization: `Bearer ${ADMIN_KEY}` };
    expect((await ask(app, { query: '{ hello }' }, headers)).status).toBe(403);
  });
});
