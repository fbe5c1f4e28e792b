import { serverAudits } from 'graphql-http';
import { ask, build, listen } from './gateway';

describe('GraphQL over HTTP', () => {
  it('passes every audit of its specification', async () => {
    const { app } = await build();
    const audits = serverAudits({ url: `http://127.0.0.1:${await listen(app)}/graphql` });
    const results = await Promise.all(audits.map((audit) => audit.fn()));
    expect(results.filter(({ status }) => status !== 'ok').map(({ name }) => name)).toEqual([]);
    expect(results.length).toBeGreaterThan(50);
  });

  it.each([
    ['parse', '{ hello'],
    ['validate', '{ nope }'],
    ['coerce', 'query ($n: Even!) { even(number: $n) }'],
  ])(
    'answers a document that does not %s with 400, and 200 to clients of the old media type alone',
    async (_step, query) => {
      const { app } = await build();
      const statusFor = async (accept: string) => (await ask(app, { query }, { accept })).status;
      expect(await statusFor('*/*')).toBe(400);
      expect(await statusFor('application/graphql-response+json, application/json;q=0.9')).toBe(400);
      expect(await statusFor('application/json')).toBe(200);
    },
  );

  it('refuses documents past the limits with 400 whatever is accepted', async () => {
    const { app } = await build();
    const query = `{ ${Array.from({ length: 31 }, (_, i) => `a${i}: hello`).join(' ')} }`;
    const { status, body } = await ask(app, { query }, { accept: 'application/json' });
    expect(status).toBe(400);
    expect(body.errors[0].extensions.code).toBe('TOO_COMPLEX');
  });

  it('answers 406 to clients that take neither media type', async () => {
    const { app } = await build();
    const { status, body } = await ask(app, { query: '{ hello }' }, { accept: 'image/png' });
    expect(status).toBe(406);
    expect(body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
  });

  it('takes queries by GET, no mutations', async () => {
    const { app } = await build();
    const query = await app.inject('/graphql?query={hello}');
    expect([query.statusCode, query.json()]).toEqual([200, { data: { hello: 'hello' } }]);
    const mutation = await app.inject('/graphql?query=mutation{greet(input:{name:"Ana"})}');
    expect([mutation.statusCode, mutation.headers.allow]).toEqual([405, 'POST']);
    expect(mutation.json().errors[0].extensions.code).toBe('BAD_USER_INPUT');
  });

  it('refuses a GET that a page of another site makes the browser send', async () => {
    const { app } = await build();
    for (const [site, status] of [
      ['cross-site', 400],
      ['same-site', 400],
      ['same-origin', 200],
      ['none', 200],
    ] as const) {
      const response = await app.inject({
        url: '/graphql?query={hello}',
        headers: { 'sec-fetch-site': site },
      });
      expect([site, response.statusCode]).toEqual([site, status]);
    }
  });

  it('runs neither batches nor subscriptions', async () => {
    const { app } = await build();
    const batch = await ask(app, [{ query: '{ hello }' }, { query: '{ hello }' }]);
    expect([batch.status, batch.body.errors[0].extensions.code]).toEqual([400, 'BAD_USER_INPUT']);
    const subscription = await ask(app, { query: 'subscription { ticks }' });
    expect(subscription.status).toBe(400);
    expect(subscription.body.errors[0].message).toContain('WebSocket');
  });

  it('tells clients that try persisted queries to send the whole document, as they expect it', async () => {
    const { app } = await build();
    const { status, body } = await ask(app, {
      extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } },
    });
    expect([status, body.errors[0].message]).toEqual([200, 'PersistedQueryNotSupported']);
  });
});
