import { buildSchema } from 'graphql';
import { CrossOrigin } from '../../../src/http/admission/cross-origin';
import { ADMIN_KEY, ask, build } from '../gateway';

function failToRead(): never {
  throw new TypeError('password=hunter2');
}

describe('a request to /graphql', () => {
  it('runs as the administrator of the default organization when the gateway is open', async () => {
    const { app } = await build();
    const { body } = await ask(app, { query: '{ whoAmI }' }, { authorization: 'Bearer whatever' });
    expect(body).toEqual({ data: { whoAmI: 'ADMIN of nomads' } });
  });

  it('needs the key when there is one', async () => {
    const { app } = await build({}, ADMIN_KEY);
    const rightly = await ask(app, { query: '{ whoAmI }' }, { authorization: `Bearer ${ADMIN_KEY}` });
    expect(rightly.body).toEqual({ data: { whoAmI: 'ADMIN of nomads' } });
    for (const authorization of [
      undefined,
      `Bearer ${ADMIN_KEY}x`,
      `Basic ${ADMIN_KEY}`,
      'Bearer',
      ADMIN_KEY,
    ]) {
      const { status, headers, body } = await ask(
        app,
        { query: '{ whoAmI }' },
        authorization ? { authorization } : {},
      );
      expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer']);
      expect(body.errors[0].extensions).toEqual({ code: 'UNAUTHENTICATED' });
      expect(JSON.stringify(body)).not.toContain(ADMIN_KEY);
    }
  });

  it('keeps a sane x-request-id, makes one otherwise, and sends it back', async () => {
    const { app } = await build();
    const kept = await ask(app, { query: '{ requestId }' }, { 'x-request-id': 'trace-1.2:3' });
    expect([kept.headers['x-request-id'], kept.body.data.requestId]).toEqual(['trace-1.2:3', 'trace-1.2:3']);
    for (const bad of ['two words', 'x'.repeat(101), '"quoted"']) {
      const { headers, body } = await ask(app, { query: '{ requestId }' }, { 'x-request-id': bad });
      expect(headers['x-request-id']).toMatch(/^[\da-f-]{36}$/);
      expect(body.data.requestId).toBe(headers['x-request-id']);
    }
  });

  // The first run of a document is walked, the later ones are compiled: they must not differ.
  it.each(['first', 'second', 'third'])(
    'answers errors meant for the client as they are, the %s time',
    async (time) => {
      const { app } = await build();
      const answers = [];
      for (let i = 0; i < ['first', 'second', 'third'].indexOf(time) + 1; i++) {
        answers.push(await ask(app, { query: '{ refuse unauthorized }' }));
      }
      expect(answers.at(-1)?.status).toBe(200);
      expect(answers.at(-1)?.body).toEqual({
        data: { refuse: null, unauthorized: null },
        errors: [
          {
            message: 'Events before 7 are gone: start from 7',
            path: ['refuse'],
            locations: [{ line: 1, column: 3 }],
            extensions: { code: 'EVENTS_EXPIRED', oldestSeq: 7 },
          },
          {
            message: 'Access denied',
            path: ['unauthorized'],
            locations: [{ line: 1, column: 10 }],
            extensions: { code: 'FORBIDDEN' },
          },
        ],
      });
    },
  );

  it('masks a defect, and logs it whole under the id that the client gets', async () => {
    const { app, log } = await build();
    for (const id of ['walked', 'compiled', 'compiled-again']) {
      const { status, body } = await ask(app, { query: '{ hello break }' }, { 'x-request-id': id });
      expect(status).toBe(200);
      expect(body).toEqual({
        data: { hello: 'hello', break: null },
        errors: [
          {
            message: `Internal server error (request ${id})`,
            path: ['break'],
            locations: [{ line: 1, column: 9 }],
            extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: id },
          },
        ],
      });
      expect(log).toContainEqual(
        expect.objectContaining({
          requestId: id,
          err: expect.objectContaining({
            message: 'password=hunter2',
            stack: expect.stringContaining('gateway.ts'),
          }),
        }),
      );
    }
  });

  it('masks and logs a defect in checking a document under that id too', async () => {
    const schema = buildSchema('type Query { hello: String }');
    const { app, log } = await build({ schema });
    Object.assign(schema.getQueryType() ?? {}, { getFields: failToRead });
    const { status, body } = await ask(app, { query: '{ hello }' }, { 'x-request-id': 'checked' });
    expect(status).toBe(500);
    expect(body).toEqual({
      errors: [
        {
          message: 'Internal server error (request checked)',
          extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'checked' },
        },
      ],
    });
    expect(log).toContainEqual(
      expect.objectContaining({
        requestId: 'checked',
        err: expect.objectContaining({
          message: 'password=hunter2',
          stack: expect.stringContaining('failToRead'),
        }),
      }),
    );
  });

  it('masks a null where there must be none: it is our mistake', async () => {
    const { app } = await build();
    for (let i = 0; i < 3; i++) {
      const { body } = await ask(app, { query: '{ person { name nothing } }' });
      expect(body.data).toEqual({ person: null });
      expect(body.errors).toHaveLength(1);
      expect(body.errors[0]).toMatchObject({
        path: ['person', 'nothing'],
        extensions: { code: 'INTERNAL_SERVER_ERROR' },
      });
    }
  });

  it('says which part of which variable is wrong', async () => {
    const { app } = await build();
    const query = 'mutation ($input: GreetInput!) { greet(input: $input) }';
    for (let i = 0; i < 3; i++) {
      const { status, body } = await ask(app, { query, variables: { input: { name: 'Ana', even: 3 } } });
      expect(status).toBe(400);
      expect(body.errors).toEqual([
        expect.objectContaining({
          message:
            'Variable "$input" got invalid value 3 at "input.even"; Expected type "Even". 3 is not even',
          extensions: { code: 'BAD_USER_INPUT' },
        }),
      ]);
      const good = await ask(app, { query, variables: { input: { name: 'Ana' } } });
      expect(good.body).toEqual({ data: { greet: 'hello Ana' } });
    }
  });

  it('counts errors by code', async () => {
    const { app, metrics } = await build();
    await ask(app, { query: '{ nope }' });
    await ask(app, { query: '{ break }' });
    const { values } = await metrics.graphqlErrors.get();
    expect(values.map(({ labels, value }) => [labels.code, value])).toEqual([
      ['BAD_USER_INPUT', 1],
      ['INTERNAL_SERVER_ERROR', 1],
    ]);
  });
});

describe('pages of other origins', () => {
  const listing = (...listed: string[]) =>
    new CrossOrigin({
      openness: { open: false },
      organizations: {
        isListed: async (origin) => origin === 'https://other.example' || listed.includes(origin),
        lists: async (organizationId, origin) => organizationId === 'nomads' && listed.includes(origin),
      },
    });

  it('may drive a gateway with a key, if they know it and its organization lists them', async () => {
    const { app } = await build({ crossOrigin: listing('https://app.example') }, ADMIN_KEY);
    const preflight = await app.inject({
      method: 'OPTIONS',
      url: '/graphql',
      headers: {
        origin: 'https://app.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,authorization',
      },
    });
    expect(preflight.statusCode).toBe(204);
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': 'https://app.example',
      'access-control-allow-headers': 'content-type,authorization',
    });
    expect(preflight.headers).not.toHaveProperty('access-control-allow-credentials');
    const { status } = await ask(
      app,
      { query: '{ hello }' },
      { origin: 'https://app.example', authorization: `Bearer ${ADMIN_KEY}`, host: 'gateway.example' },
    );
    expect(status).toBe(200);
  });

  it('may not use keys of organizations that do not list them, though others do', async () => {
    const { app } = await build({ crossOrigin: listing() }, ADMIN_KEY);
    const page = { origin: 'https://other.example', authorization: `Bearer ${ADMIN_KEY}` };
    const { status, body, headers } = await ask(app, { query: '{ hello }' }, page);
    expect([status, body.errors[0].extensions.code]).toEqual([403, 'FORBIDDEN']);
    expect(body.errors[0].message).toContain('updateOrganization');
    expect(headers['access-control-allow-origin']).toBe('https://other.example');
    const metrics = await app.inject({ url: '/metrics', headers: page });
    expect(metrics.statusCode).toBe(403);
  });

  it.each(['https://evil.example', 'null'])('gives %s no leave, and no use of a key', async (origin) => {
    const { app } = await build({ crossOrigin: listing() }, ADMIN_KEY);
    const headers = { origin, authorization: `Bearer ${ADMIN_KEY}`, 'access-control-request-method': 'POST' };
    const preflight = await app.inject({ method: 'OPTIONS', url: '/graphql', headers });
    expect(preflight.headers).not.toHaveProperty('access-control-allow-origin');
    const answer = await ask(app, { query: '{ hello }' }, headers);
    expect(answer.status).toBe(403);
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it.each([
    ['by its host', { origin: 'https://gateway.example', host: 'gateway.example' }],
    [
      'behind a proxy',
      { origin: 'https://gateway.example', host: '10.0.0.1', 'sec-fetch-site': 'same-origin' },
    ],
  ])('knows its own, %s', async (_how, headers) => {
    const { app } = await build({ crossOrigin: listing() }, ADMIN_KEY);
    const own = { ...headers, authorization: `Bearer ${ADMIN_KEY}` };
    expect((await ask(app, { query: '{ hello }' }, own)).status).toBe(200);
  });

  it.each([
    ['a page elsewhere', { origin: 'https://evil.example' }],
    ['a page without an origin', { origin: 'null' }],
    [
      'a page whose name resolves to the loopback',
      { host: 'evil.example:4000', origin: 'http://evil.example:4000' },
    ],
  ])('cannot drive an open one: %s', async (_who, headers) => {
    const { app } = await build();
    for (const request of [
      { method: 'POST', url: '/graphql', payload: { query: '{ hello }' } },
      { method: 'OPTIONS', url: '/graphql' },
      { method: 'GET', url: '/graphql?query={hello}' },
      { method: 'GET', url: '/metrics' },
    ] as const) {
      const response = await app.inject({ ...request, headers });
      expect(response.statusCode).toBe(403);
      expect(response.payload).toContain('"code":"FORBIDDEN"');
      expect(response.headers).not.toHaveProperty('access-control-allow-origin');
    }
  });
});
