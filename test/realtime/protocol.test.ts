import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { ProtocolSocket, WATCH } from './protocol-socket';
import { ToyGateway } from './toy-gateway';

describe('the WebSocket protocol', () => {
  let gateway: ToyGateway;

  async function start(...options: Parameters<typeof ToyGateway.start>): Promise<void> {
    gateway = await ToyGateway.start(...options);
  }

  afterEach(() => gateway.stop());

  it("serves graphql-ws's own client", async () => {
    await start();
    gateway.commit(3);
    const client = createClient({ url: gateway.url, webSocketImpl: WebSocket, retryAttempts: 0 });
    const seqs: number[] = [];
    for await (const { data } of client.iterate<{ roomMembershipChanged: { seq: number } }>({
      query: WATCH,
      variables: { city: 'Lisbon', after: 0 },
    })) {
      if (data) seqs.push(data.roomMembershipChanged.seq);
      if (seqs.length === 3) break;
    }
    expect(seqs).toEqual([1, 2, 3]);
    await client.dispose();
  });

  it.each([
    ['no JSON', 4400, '{"type":'],
    ['a message of no known type', 4400, { type: 'start' }],
    ["a server's message", 4400, { type: 'connection_ack' }],
    ['an array', 4400, []],
    ['a subscription without an id', 4400, { type: 'subscribe', payload: { query: WATCH } }],
    ['too long an id', 4400, { id: 'x'.repeat(129), type: 'subscribe', payload: { query: WATCH } }],
    ['a second connection_init', 4429, { type: 'connection_init' }],
    ['more than 64 KiB', 1009, ' '.repeat(64 * 1024 + 1)],
  ])('closes on %s', async (_what, code, message) => {
    await start();
    const client = await ProtocolSocket.connect(gateway.url);
    client.send(message);
    expect((await client.closed).code).toBe(code);
    expect(gateway.errors).toEqual([]);
  });

  it('closes on binary frames, and on frames that are none', async () => {
    await start();
    const binary = await ProtocolSocket.connect(gateway.url);
    binary.socket.send(Buffer.from('{"type":"ping"}'));
    expect((await binary.closed).code).toBe(4400);
    const broken = await ProtocolSocket.connect(gateway.url);
    (broken.socket as unknown as { _socket: Socket })._socket.write(Buffer.from([0xff, 0xff, 0xff]));
    expect((await broken.closed).code).toBe(1002);
  });

  it('closes on an id in use', async () => {
    await start();
    const client = await ProtocolSocket.connect(gateway.url);
    client.subscribe('a');
    client.subscribe('a');
    expect(await client.closed).toEqual({ code: 4409, reason: 'Subscriber for a already exists' });
  });

  it('wants connection_init before anything else, and soon', async () => {
    await start({ limits: { initTimeoutMs: 50 } });
    const hasty = await ProtocolSocket.open(gateway.url);
    hasty.subscribe('a');
    expect(await hasty.closed).toEqual({ code: 4401, reason: 'Unauthorized' });
    const silent = await ProtocolSocket.open(gateway.url);
    expect(await silent.closed).toEqual({ code: 4408, reason: 'Connection initialisation timeout' });
  });

  it.each([
    ['Bearer unknown', 4403, 'The key is not known; ask an administrator for one.'],
    [7, 4403, 'Forbidden: "authorization" must be a string, "Bearer KEY"'],
    ['Bearer later', 1013, 'The database is away.'],
    ['Bearer broken', 4500, 'Internal server error'],
  ])('refuses the credentials %p with %d', async (authorization, code, reason) => {
    await start();
    const client = await ProtocolSocket.open(gateway.url);
    client.send({ type: 'connection_init', payload: { authorization } });
    expect(await client.closed).toEqual({ code, reason });
    expect(gateway.errors).toHaveLength(code === 4500 ? 1 : 0);
  });

  it('speaks no other subprotocol', async () => {
    await start();
    const socket = new WebSocket(gateway.url);
    const [code] = await once(socket, 'close');
    expect(code).toBe(4406);
  });

  it.each([
    ['a query', '{ city }', /Only subscriptions run over WebSocket, this is a query/],
    ['an invalid document', 'subscription { nothing }', /Cannot query field "nothing"/],
    ['a syntax error', 'subscription {', /Syntax Error/],
    ['a missing variable', WATCH, /"\$city" of required type "String!" was not provided/],
    [
      'a forbidden city',
      'subscription { roomMembershipChanged(city: "Forbidden City") { seq } }',
      /not yours/,
    ],
    ['no operation named', 'subscription A { plain } subscription B { plain }', /several operations/],
    ['too long a document', `subscription { plain ${'plain '.repeat(6_000)} }`, /more that 2000 tokens/],
    ['what is no EventSource', 'subscription { plain }', /Internal server error/],
  ])('answers %s with an error message', async (_what, query, message) => {
    await start();
    const client = await ProtocolSocket.connect(gateway.url);
    client.subscribe('a', {}, query);
    const error = await client.until(({ type }) => type === 'error');
    expect(error).toEqual({
      id: 'a',
      type: 'error',
      payload: [{ message: expect.stringMatching(message), extensions: { code: expect.any(String) } }],
    });
    client.subscribe('a', { city: 'Lisbon', after: 0 });
    gateway.commit();
    await client.untilSeq('a', 1);
    await client.close();
  });

  it('refuses documents that grow too large once their fragments are expanded', async () => {
    await start();
    const client = await ProtocolSocket.connect(gateway.url);
    const fragments = Array.from(
      { length: 40 },
      (_, i) => `fragment f${i} on __Type { ...f${i + 1} ...f${i + 1} }`,
    );
    client.subscribe(
      'a',
      {},
      `{ __schema { types { ...f0 } } } ${fragments.join(' ')} fragment f40 on __Type { name }`,
    );
    const { payload } = await client.until(({ type }) => type === 'error');
    expect(payload[0].extensions).toMatchObject({ code: 'TOO_COMPLEX', limit: 2_000 });
    await client.close();
  });

  it('holds a hundred subscriptions a socket, and refuses one more alone', async () => {
    await start();
    gateway.commit();
    const client = await ProtocolSocket.connect(gateway.url);
    for (let i = 1; i <= 101; i++) client.subscribe(`${i}`, { city: 'Lisbon', after: 0 });
    const { id, payload } = await client.until(({ type }) => type === 'error');
    expect(id).toBe('101');
    expect(payload[0].extensions).toEqual({ code: 'RATE_LIMITED' });
    await client.untilSeq('100', 1);
    client.send({ id: '7', type: 'complete' });
    client.subscribe('102', { city: 'Lisbon', after: 0 });
    await client.untilSeq('102', 1);
    await client.close();
  });

  it('lets an address have so many sockets and no more', async () => {
    await start({ limits: { maxSocketsPerAddress: 2 } });
    const first = await ProtocolSocket.connect(gateway.url);
    const second = await ProtocolSocket.connect(gateway.url);
    expect((await refusal(gateway.url)).status).toBe(429);
    await first.close();
    while ((await gateway.metrics.sockets.get()).values[0]?.value !== 1) await turn();
    const third = await ProtocolSocket.connect(gateway.url);
    await Promise.all([second.close(), third.close()]);
  });

  it('counts the addresses of one IPv6 network as one', async () => {
    let host = 1;
    await start({ limits: { maxSocketsPerAddress: 1 }, addressOf: () => `2001:db8:0:1::${host++}` });
    const first = await ProtocolSocket.connect(gateway.url);
    expect((await refusal(gateway.url)).status).toBe(429);
    await first.close();
  });

  it('refuses other paths and foreign pages, and says why', async () => {
    await start({
      guard: ({ headers }) =>
        headers.host === 'elsewhere.example' ? { status: 403, message: 'Not to elsewhere.example' } : null,
    });
    expect((await refusal(gateway.url.replace('/graphql', '/other'))).status).toBe(404);
    expect(await refusal(gateway.url, { host: 'elsewhere.example' })).toEqual({
      status: 403,
      body: 'Not to elsewhere.example\n',
    });
    const client = await ProtocolSocket.connect(`${gateway.url}?from=here`);
    await client.close();
  });

  it('takes messages of 64 frames, and closes on more of them or on many small pieces', async () => {
    await start();
    const ping = Buffer.from('{"type":"ping"}');
    const inFrames = async (frames: number) => {
      const client = await ProtocolSocket.open(gateway.url);
      for (let i = 1; i <= frames; i++)
        client.socket.send(i === 1 ? ping : '', { fin: i === frames, binary: false });
      return client;
    };
    const right = await inFrames(64);
    expect(await right.until(({ type }) => type === 'pong')).toEqual({ type: 'pong' });
    await right.close();
    const wrong = await inFrames(65);
    expect(await wrong.closed).toEqual({ code: 1008, reason: '' });
  });

  it('ends an upgrade that it refuses, whatever still comes', async () => {
    await start();
    const client = createConnection(Number(new URL(gateway.url).port), '127.0.0.1');
    client.on('error', ignore);
    const accepted = once(gateway.server, 'connection');
    client.write('GET /other HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    const [connection] = await accepted;
    const closed = once(connection, 'close');
    const [answer] = await once(client, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1.1 404 /);
    const chunk = Buffer.alloc(64 * 1024);
    client.resume();
    const more = () => {
      while (!client.destroyed && client.write(chunk));
      client.once('drain', more);
    };
    more();
    await closed;
    expect(connection.bytesRead).toBeLessThan(2 * 1024 ** 2);
    client.destroy();
  });

  it('answers pings of both kinds, before connection_init too', async () => {
    await start();
    const client = await ProtocolSocket.open(gateway.url);
    client.send({ type: 'ping' });
    expect(await client.until(({ type }) => type === 'pong')).toEqual({ type: 'pong' });
    client.socket.ping('hello');
    const [data] = await once(client.socket, 'pong');
    expect(String(data)).toBe('hello');
    await client.close();
  });

  it('drops who does not answer pings', async () => {
    await start({ limits: { pingMs: 30 } });
    const answering = await ProtocolSocket.connect(gateway.url);
    const silent = new WebSocket(gateway.url, 'graphql-transport-ws', { autoPong: false });
    await once(silent, 'open');
    silent.send('{"type":"connection_init"}');
    const [code] = await once(silent, 'close');
    expect(code).toBe(1006);
    await answering.settled();
    await answering.close();
  });

  it('closes every socket with 1001 when it shuts down, and destroys those that do not answer', async () => {
    await start({ limits: { closeMs: 100 } });
    const clients = await Promise.all([1, 2, 3].map(() => ProtocolSocket.connect(gateway.url)));
    for (const client of clients) client.subscribe('a');
    const deaf = createConnection(Number(new URL(gateway.url).port), '127.0.0.1');
    deaf.write(
      'GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n',
    );
    await once(deaf, 'data');
    deaf.resume();
    const closing = gateway.sockets.close();
    expect((await refusal(gateway.url)).status).toBe(503);
    await closing;
    for (const client of clients) expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
    expect(gateway.sockets.subscriptions.size).toBe(0);
    deaf.destroy();
  });
});

function ignore(): void {}

/** The HTTP answer to an upgrade that is refused. */
async function refusal(url: string, headers: Record<string, string> = {}) {
  const socket = new WebSocket(url, 'graphql-transport-ws', { headers });
  const [, response] = await once(socket, 'unexpected-response');
  return { status: response.statusCode, body: await text(response) };
}
