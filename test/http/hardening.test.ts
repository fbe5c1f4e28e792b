import { AddressLimits } from '../../src/rate-limits/address-limits';
import { ADMIN_KEY, ask, build } from './gateway';

const BROWSER = { accept: 'text/html' };
const INTROSPECTION = '{ __schema { queryType { name } } }';
const ELSEWHERE = '192.0.2.7';

/** Helmet's, each once, and no word of what the server is. */
const HEADERS = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
};

describe('every answer', () => {
  it.each(['/', '/graphql', '/graphiql', '/health/live', '/cluster', '/nowhere', '/%'])(
    'of %s carries the headers that keep browsers careful',
    async (url) => {
      const { app } = await build();
      const { headers } = await app.inject({ url, headers: BROWSER });
      expect(headers).toMatchObject(HEADERS);
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; /);
      expect(headers).not.toHaveProperty('x-powered-by');
      expect(headers).not.toHaveProperty('strict-transport-security');
    },
  );
});

describe('without the explorer', () => {
  it('the schema does not tell of itself, and is served all the same', async () => {
    const { app } = await build({ explorer: false });
    const { status, body } = await ask(app, { query: INTROSPECTION });
    expect([status, body.errors[0].extensions.code]).toEqual([400, 'BAD_USER_INPUT']);
    expect((await ask(app, { query: '{ hello }' })).body).toEqual({ data: { hello: 'hello' } });
    const { app: open } = await build();
    expect((await ask(open, { query: INTROSPECTION })).body).toMatchObject({ data: {} });
  });

  it('a wrong guess of a name is not told a right one', async () => {
    const { app } = await build({ explorer: false });
    const { body } = await ask(app, { query: '{ helo }' });
    expect(body.errors[0].message).toBe('Cannot query field "helo" on type "Query".');
    const { app: open } = await build();
    expect((await ask(open, { query: '{ helo }' })).body.errors[0].message).toContain(
      'Did you mean "hello"?',
    );
  });

  it('there are no pages to explore it with, and none that lead there', async () => {
    const { app } = await build({ explorer: false });
    for (const url of ['/graphiql', '/graphiql/start.js', '/graphql/sandbox.js'])
      expect((await app.inject({ url, headers: BROWSER })).statusCode).toBe(404);
    const sandbox = await app.inject({ url: '/graphql', headers: BROWSER });
    expect(sandbox.headers['content-type']).not.toContain('html');
    const { payload } = await app.inject({ url: '/', headers: BROWSER });
    expect(payload).not.toMatch(/Sandbox|GraphiQL/);
  });
});

describe('a page elsewhere', () => {
  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])(
    'cannot have a browser send a mutation as %s, which needs no preflight',
    async (type) => {
      const { app } = await build();
      const { status } = await ask(
        app,
        { query: 'mutation { greet(input: { name: "x" }) }' },
        { 'content-type': type },
      );
      expect(status).toBe(415);
    },
  );
});

describe('an address', () => {
  it('may use what is for anyone so often, then is told when to come back; probes have no limit', async () => {
    const addresses = new AddressLimits();
    const { app } = await build({ addresses }, ADMIN_KEY);
    for (let i = 0; i < 600; i++) addresses.take(ELSEWHERE);
    const from = (url: string, method: 'GET' | 'POST' = 'GET', remoteAddress = ELSEWHERE) =>
      app.inject({ url, method, remoteAddress });
    const refused = await from('/cluster', 'POST');
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '1']);
    expect(refused.json().error).toEqual({
      code: 'RATE_LIMITED',
      message: 'Too many requests came from your address: try again in 1 s',
      retryAfter: 1,
    });
    expect((await from('/')).statusCode).toBe(429);
    expect((await from('/health/live')).statusCode).toBe(200);
    expect((await from('/', 'GET', '127.0.0.1')).statusCode).toBe(200);
    expect((await from('/', 'GET', '192.0.2.8')).statusCode).toBe(200);
  });
});
