import { EventEmitter, once } from 'node:events';
import { getIntrospectionQuery } from 'graphql';
import { exchange } from './exchange';
import { ADMIN_KEY, ask, build, listen } from './gateway';

const json = { 'content-type': 'application/json' };

describe('malformed requests', () => {
  it.each([
    ['bad JSON', '{"query": "{ hello }"', json],
    ['nothing', '', json],
    ['not an object', '"{ hello }"', json],
    ['null', 'null', json],
    ['no query', '{}', json],
    ['an empty query', '{"query": ""}', json],
    ['a query of another type', '{"query": {"kind": "Document"}}', json],
    ['variables of another type', '{"query": "{ hello }", "variables": [1]}', json],
    ['variables as text', '{"query": "{ hello }", "variables": "{}"}', json],
    ['an operation that is not there', '{"query": "{ hello }", "operationName": "Other"}', json],
    ['an operation name of another type', '{"query": "{ hello }", "operationName": 7}', json],
    ['invalid UTF-8', Buffer.from('{"query": "{ hello \xff }"}', 'latin1'), json],
    ['an overlong encoding', Buffer.from('{"query": "\xc0\xaf"}', 'latin1'), json],
    ['a byte order mark', '\ufeff{"query": "{ hello }"}', json],
    ['control characters', '{"query": "{ hello \\u0000\\u0007 }"}', json],
    ['raw control characters', '{"query": "{ hello \u0001 }"}', json],
    ['a lone surrogate', '{"query": "{ person(name: \\ud800) { name } }"}', json],
    ['a form', 'query={hello}', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['plain text', '{"query": "{ hello }"}', { 'content-type': 'text/plain' }],
    ['another charset', '{"query": "{ hello }"}', { 'content-type': 'application/json; charset=utf-16' }],
    ['no content type', '{"query": "{ hello }"}', {}],
    ['a content type that is none', '{"query": "{ hello }"}', { 'content-type': ';;;' }],
    ['a deep body', `{"query": "{ hello }", "variables": ${'['.repeat(50_000)}${']'.repeat(50_000)}}`, json],
    ['a huge body', `{"query": "{ hello }", "x": "${'x'.repeat(300_000)}"}`, json],
    [
      'a deep query',
      { query: `{ person { ${'friends(first: 1) { '.repeat(20)} name ${'} '.repeat(20)} } }` },
      json,
    ],
    ['a very deep query', { query: '{ person '.repeat(900) }, json],
    [
      'an alias bomb',
      { query: `{ ${Array.from({ length: 600 }, (_, i) => `a${i}: hello`).join(' ')} }` },
      json,
    ],
    ['a token bomb', { query: `{ ${'hello '.repeat(20_000)} }` }, json],
    ['a fragment bomb', { query: fragmentBomb(100) }, json],
    [
      'fragments in a circle',
      { query: '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }' },
      json,
    ],
    ['directives without end', { query: `{ hello ${'@skip(if: false) '.repeat(200)} }` }, json],
  ])('%s: a coded 4xx, and alive afterwards', async (_what, payload, headers: Record<string, string>) => {
    const { app, log } = await build();
    const response = await app.inject({
      method: 'POST',
      url: '/graphql',
      headers,
      payload: payload as string,
    });
    expect(response.statusCode).toBeGreaterThanOrEqual(400);
    expect(response.statusCode).toBeLessThan(500);
    expect(response.headers['content-type']).toContain('json');
    const [{ message, extensions }] = response.json().errors;
    expect(message).toEqual(expect.any(String));
    expect(['BAD_USER_INPUT', 'TOO_COMPLEX']).toContain(extensions.code);
    expect(response.payload).not.toMatch(/node_modules|stack|\.ts:/);
    expect(log.filter(({ level }) => Number(level) >= 40)).toEqual([]);
    expect((await ask(app, { query: '{ hello }' })).body).toEqual({ data: { hello: 'hello' } });
  });

  it('says which limit a body is past, and takes one at the limit', async () => {
    const { app } = await build({ bodyLimit: 100 });
    const body = JSON.stringify({ query: '{ hello }' });
    expect((await ask(app, body.padEnd(100))).status).toBe(200);
    const { status, body: answer } = await ask(app, body.padEnd(101));
    expect([status, answer.errors[0].message]).toEqual([413, 'The body is larger than 100 bytes, the limit']);
  });

  it('serves the introspection query of tools', async () => {
    const { app } = await build();
    const query = getIntrospectionQuery({
      inputValueDeprecation: true,
      specifiedByUrl: true,
      schemaDescription: true,
    });
    const { status, body } = await ask(app, { query });
    expect([status, body.data.__schema.queryType.name]).toEqual([200, 'Query']);
  });

  it.each([
    ['GET', '/nowhere', 404, 'NOT_FOUND'],
    ['POST', '/', 405, 'BAD_USER_INPUT'],
    ['GET', '/cluster', 405, 'BAD_USER_INPUT'],
    ['PUT', '/graphql', 405, 'BAD_USER_INPUT'],
    ['DELETE', '/metrics', 405, 'BAD_USER_INPUT'],
    ['GET', '/%ff', 400, 'BAD_USER_INPUT'],
    ['GET', '/graphiql/..%2f..%2fpackage.json', 404, 'NOT_FOUND'],
    ['GET', `/${'x'.repeat(10_000)}`, 404, 'NOT_FOUND'],
  ] as const)('%s %s: %i %s', async (method, url, status, code) => {
    const { app } = await build();
    const response = await app.inject({ method, url });
    expect([response.statusCode, response.json().error.code]).toEqual([status, code]);
    expect(response.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.any(String),
    });
  });

  it('refuses a query string that is not UTF-8', async () => {
    const { app } = await build();
    const response = await app.inject({ url: '/graphql', query: 'query=%7Bhello%7D%20%ff' });
    expect([response.statusCode, response.json().errors[0].extensions.code]).toEqual([400, 'BAD_USER_INPUT']);
  });
});

describe('connections', () => {
  it.each([
    ['garbage', 'hello there\r\n\r\n', '400'],
    ['headers past 16 KiB', `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, '431'],
    ['a control character in a header', 'GET / HTTP/1.1\r\nhost: localhost\r\nx: a\x00b\r\n\r\n', '400'],
    [
      'two lengths',
      'POST /cluster HTTP/1.1\r\nhost: localhost\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n',
      '400',
    ],
  ])('%s: a coded answer, and alive afterwards', async (_what, bytes, status) => {
    const { app } = await build();
    const port = await listen(app);
    const answer = await exchange(port, bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain('{"error":{"code":"BAD_USER_INPUT","message":"');
    expect((await fetch(`http://127.0.0.1:${port}/health/live`)).status).toBe(200);
  });

  it('a client that never ends its headers is answered 408 and dropped', async () => {
    const { app } = await build({ timeouts: { headersMs: 100, requestMs: 200 } });
    const answer = await exchange(await listen(app), 'GET / HTTP/1.1\r\nhost: localhost\r\n');
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
  });

  it('a client that never ends its body is answered 408 and dropped', async () => {
    const { app } = await build({ timeouts: { headersMs: 100, requestMs: 200 } });
    const head =
      'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{';
    expect(await exchange(await listen(app), head)).toMatch(/^HTTP\/1.1 408 /);
  });

  it('close lets requests in flight end', async () => {
    const events = new EventEmitter();
    const { app } = await build({
      async scoreOne() {
        events.emit('scoring');
        await once(events, 'scored');
        return { segment: 2 };
      },
    });
    const url = `http://127.0.0.1:${await listen(app)}/cluster`;
    const interests = { climbing: true, surf: false, cooking: false, wine: false };
    const scoring = once(events, 'scoring');
    const response = fetch(url, { method: 'POST', body: JSON.stringify({ _id: 1, interests }) });
    await scoring;
    const closed = app.close();
    events.emit('scored');
    expect(await (await response).json()).toEqual({ _id: 1, cluster: 3 });
    await closed;
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  it('credentials and bodies stay out of the log', async () => {
    const { app, log } = await build({}, ADMIN_KEY);
    const body = { query: '{ break }', variables: { secret: 'my-secret' } };
    await ask(app, body, { authorization: `Bearer ${ADMIN_KEY}` });
    await ask(app, '{"query": my-secret', { authorization: `Bearer ${ADMIN_KEY}` });
    expect(log.length).toBeGreaterThan(0);
    expect(JSON.stringify(log)).not.toMatch(new RegExp(`${ADMIN_KEY}|my-secret`));
  });
});

/** Each fragment spreads the next one twice. */
function fragmentBomb(size: number): string {
  const fragments = Array.from(
    { length: size },
    (_, i) => `fragment f${i} on Query { ...f${i + 1} ...f${i + 1} }`,
  );
  return `{ ...f0 } ${fragments.join(' ')} fragment f${size} on Query { hello }`;
}
