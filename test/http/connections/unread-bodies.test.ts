import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { type Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FastifyInstance } from 'fastify';
import { ClientError } from '../../../src/errors';
import { AddressLimits } from '../../../src/rate-limits/address-limits';
import { ADMIN_KEY, build, listen } from '../gateway';

const GB = 1024 ** 3;
/** A MiB that is dropped, and what the stream holds ready. */
const MOST_READ = 2 * 1024 ** 2;
const KEY = `authorization: Bearer ${ADMIN_KEY}\r\n`;
const JSON_TYPE = 'content-type: application/json\r\n';

/** A connection, as both ends see it. */
interface Connection {
  readonly client: Socket;
  readonly server: Socket;
  /** What the client has read, once the server has sent its end. */
  readonly answer: Promise<string>;
}

async function open(app: FastifyInstance, head: string): Promise<Connection> {
  const port = (app.server.address() as AddressInfo | null)?.port ?? (await listen(app));
  const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  app.server.setMaxListeners(0); // one for each connection that is awaited
  const accepted = new Promise<Socket>((resolve) => {
    const look = (socket: Socket): void => {
      if (socket.remotePort !== client.localPort) return;
      app.server.off('connection', look);
      resolve(socket);
    };
    app.server.on('connection', look);
  });
  client.on('error', () => undefined); // it may still write when the server has gone
  let text = '';
  client.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const answer = once(client, 'end').then(() => text);
  await once(client, 'connect');
  client.write(head);
  return { client, server: await accepted, answer };
}

const CHUNK = Buffer.alloc(64 * 1024, 'x');

/** Sends as fast as it can, until the connection has gone. */
async function flood({ client, server }: Connection): Promise<void> {
  const gone = once(server, 'close');
  const more = (): void => {
    while (!client.destroyed && client.write(CHUNK));
    client.once('drain', more);
  };
  more();
  await gone;
  client.destroy();
}

const FORM = '--x\r\ncontent-disposition: form-data; name="f"; filename="a.csv"\r\n\r\n';

/** What is answered before its body has come: head, status, and how the body begins. */
const answered: readonly (readonly [head: string, status: number, begin?: string])[] = [
  ['POST /datasets?name=none HTTP/1.1\r\ncontent-type: text/csv\r\n', 401],
  ['POST /datasets?name=wrong HTTP/1.1\r\nauthorization: Bearer wrong\r\n', 401],
  [`POST /datasets?name=elsewhere HTTP/1.1\r\n${KEY}sec-fetch-site: cross-site\r\n`, 403],
  [`POST /datasets HTTP/1.1\r\n${KEY}content-type: text/csv\r\n`, 400],
  [`POST /datasets?name=quota HTTP/1.1\r\n${KEY}content-type: text/csv\r\n`, 429],
  [`POST /datasets HTTP/1.1\r\n${KEY}content-type: multipart/form-data; boundary=x\r\n`, 429, FORM],
  ['POST /nowhere HTTP/1.1\r\n', 404],
  ['PUT /graphql HTTP/1.1\r\n', 405],
  ['DELETE /metrics HTTP/1.1\r\n', 405],
  ['POST /graphql HTTP/1.1\r\n', 401],
  [`POST /graphql HTTP/1.1\r\n${KEY}content-type: text/plain\r\n`, 415],
  ['POST /%ff HTTP/1.1\r\n', 400],
  [`POST /graphql HTTP/1.1\r\n${JSON_TYPE}expect: 200-ok\r\n`, 417],
  ['GET /health/live HTTP/1.1\r\n', 200],
  ['HEAD /health/live HTTP/1.1\r\n', 200],
  ['OPTIONS /cluster HTTP/1.1\r\n', 415],
  [`GET /graphql?query={hello} HTTP/1.1\r\n${KEY}accept: */*\r\n`, 200],
];

const tooLarge: typeof answered = [
  [`POST /graphql HTTP/1.1\r\n${KEY}${JSON_TYPE}`, 413],
  ['POST /cluster HTTP/1.1\r\n', 413],
];

const datasets = {
  upload: async () => {
    throw new ClientError('RATE_LIMITED', 'The quota is used up');
  },
};

describe('a body that nobody reads', () => {
  it('is dropped after the answer, however fast it comes, on every route', async () => {
    const { app } = await build({ datasets }, ADMIN_KEY);
    await listen(app);
    await Promise.all(
      [...answered, ...tooLarge].map(async ([head, status, begin = '']) => {
        const rest = `host: localhost\r\ncontent-length: ${GB}\r\n\r\n${begin}`;
        const connection = await open(app, head + rest);
        const gone = flood(connection);
        const answer = await connection.answer;
        const [line, ...headers] = answer.toLowerCase().split('\r\n');
        expect([head, line]).toEqual([head, expect.stringContaining(`http/1.1 ${status} `)]);
        expect([head, ...headers]).toContain('connection: close');
        await gone;
        expect(connection.server.bytesRead).toBeLessThan(MOST_READ);
      }),
    );
  });

  it('holds no connection, however slowly it comes, on every route', async () => {
    const { app } = await build({ datasets }, ADMIN_KEY);
    await listen(app);
    await Promise.all(
      answered.map(async ([head, status, begin = 'x']) => {
        const chunk = `${begin.length.toString(16)}\r\n${begin}\r\n`;
        const rest = `host: localhost\r\ntransfer-encoding: chunked\r\n\r\n${chunk}`;
        const { server, client, answer } = await open(app, head + rest);
        const gone = once(server, 'close');
        const trickle = setInterval(() => client.write('1\r\nx\r\n'), 100).unref();
        const [line, ...headers] = (await answer).toLowerCase().split('\r\n');
        expect([head, line]).toEqual([head, expect.stringContaining(`http/1.1 ${status} `)]);
        expect([head, ...headers]).toContain('connection: close');
        await gone;
        clearInterval(trickle);
        client.destroy();
      }),
    );
  });

  it('is dropped when reading it has failed on the way', async () => {
    const upload = async (_organization: string, { body }: { body: Readable }): Promise<never> => {
      const full = new Writable({ write: (_chunk, _encoding, done) => done(new Error('full')) });
      await pipeline(body, full).catch(() => undefined);
      throw new ClientError('STORAGE_UNAVAILABLE', 'The disk is full');
    };
    const { app } = await build({ datasets: { upload } }, ADMIN_KEY);
    const head = `POST /datasets?name=x HTTP/1.1\r\nhost: localhost\r\n${KEY}`;
    const connection = await open(app, `${head}content-type: text/csv\r\ncontent-length: ${GB}\r\n\r\n`);
    const gone = flood(connection);
    expect(await connection.answer).toMatch(/^HTTP\/1.1 503 .*\r\nconnection: close\r\n/is);
    await gone;
    expect(connection.server.bytesRead).toBeLessThan(MOST_READ);
  });

  it('is dropped past the rate of an address, too', async () => {
    const addresses = new AddressLimits();
    addresses.take = () => 7;
    const { app } = await build({ addresses });
    const head = 'POST /cluster HTTP/1.1\r\nhost: localhost\r\n';
    const connection = await open(app, `${head}content-length: ${GB}\r\n\r\n`);
    const gone = flood(connection);
    expect(await connection.answer).toMatch(/^HTTP\/1.1 429 .*\r\nconnection: close\r\n/is);
    await gone;
    expect(connection.server.bytesRead).toBeLessThan(MOST_READ);
  });

  it('is no reason to close when it has come, nor is none', async () => {
    const { app } = await build();
    const body = '{"query":"{ hello }"}';
    const connection = await open(
      app,
      `POST /graphql HTTP/1.1\r\nhost: localhost\r\n${JSON_TYPE}content-length: ${body.length}\r\n\r\n${body}` +
        'DELETE /graphql HTTP/1.1\r\nhost: localhost\r\n\r\n' +
        'GET /health/live HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n',
    );
    const answer = await connection.answer;
    expect(answer.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 405', 'HTTP/1.1 200']);
    expect(answer.match(/connection: close/gi)).toHaveLength(1);
    connection.client.destroy();
  });

  it('is no second request: what follows the answer is not looked at', async () => {
    const { app, metrics } = await build({}, ADMIN_KEY);
    const connection = await open(
      app,
      'POST /datasets?name=x HTTP/1.1\r\nhost: localhost\r\ncontent-length: 3\r\n\r\nxx',
    );
    await connection.answer;
    connection.client.end('xGET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n');
    if (!connection.server.destroyed) await once(connection.server, 'close');
    const { values } = await metrics.requests.get();
    expect(values.map(({ labels }) => labels['route'])).toEqual(['/datasets']);
    connection.client.destroy();
  });
});

describe('a client that waits for leave to send its body', () => {
  const ask = (path: string, headers: string) =>
    `POST ${path} HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\n${headers}\r\n`;

  it('gets it when somebody will read the body', async () => {
    const { app } = await build();
    const body = '{"query":"{ hello }"}';
    const connection = await open(
      app,
      ask('/graphql', `${JSON_TYPE}content-length: ${body.length}\r\nconnection: close\r\n`),
    );
    await once(connection.client, 'data');
    connection.client.write(body);
    expect(await connection.answer).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 .*"hello"/s);
    connection.client.destroy();
  });

  it.each([
    ['/graphql', `${KEY}${JSON_TYPE}content-length: ${GB}\r\n`, 413],
    ['/graphql', `${KEY}content-type: text/plain\r\ncontent-length: 5\r\n`, 415],
    ['/datasets?name=x', 'content-type: text/csv\r\ntransfer-encoding: chunked\r\n', 401],
    ['/nowhere', 'content-length: 5\r\n', 404],
  ])('gets the refusal at once otherwise: %s', async (path, headers, status) => {
    const { app } = await build({}, ADMIN_KEY);
    const { answer, client, server } = await open(app, ask(path, headers));
    expect(await answer).toMatch(new RegExp(`^HTTP/1.1 ${status} .*\\r\\nconnection: close\\r\\n`, 'is'));
    if (!server.destroyed) await once(server, 'close');
    client.destroy();
  });
});
