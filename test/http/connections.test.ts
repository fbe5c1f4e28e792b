import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { createClientAddresses } from '../../src/http/connections/client-address';
import { connectionLimits, limitConnections } from '../../src/http/connections/connection-limits';
import { build, listen } from './gateway';

const MANY = connectionLimits(Infinity);

async function open(port: number, localAddress = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  await once(socket, 'connect');
  return socket;
}

/** Resolves with the number of bytes that came before the server closed the connection. */
async function closed(socket: Socket): Promise<number> {
  socket.resume();
  await once(socket, 'close');
  return socket.bytesRead;
}

async function isServed(socket: Socket): Promise<boolean> {
  socket.write('GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n');
  const [answer] = await Promise.race([once(socket, 'data'), once(socket, 'close')]);
  return String(answer).startsWith('HTTP/1.1 200 ');
}

describe('connections', () => {
  it('past the limit are closed, and one is taken again when there is room', async () => {
    const { app } = await build({ connections: { ...MANY, total: 1 } });
    const port = await listen(app);
    const first = await open(port);
    expect(await closed(await open(port))).toBe(0);

    first.end('GET /health/live HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
    await closed(first);
    const answer = await fetch(`http://127.0.0.1:${port}/health/live`, { headers: { connection: 'close' } });
    expect(await answer.json()).toEqual({ status: 'ok' });
  });

  it('past the limit of this machine are closed, trusted proxies’ aside', async () => {
    const clientAddresses = createClientAddresses(['127.0.0.9']);
    const { app } = await build({ clientAddresses, connections: { ...MANY, ownMachine: 3 } });
    const port = await listen(app);
    const held = [await open(port), await open(port), await open(port, '127.0.0.2')];
    for (const socket of held) expect(await isServed(socket)).toBe(true);
    expect(await isServed(await open(port, '127.0.0.3'))).toBe(false);
    const proxys = await Promise.all(Array.from({ length: 5 }, () => open(port, '127.0.0.9')));
    for (const socket of proxys) expect(await isServed(socket)).toBe(true);

    const [first] = held as [Socket];
    const left = new Promise((resolve) =>
      app.server.once('connection', (socket) => socket.once('close', resolve)),
    );
    first.destroy();
    while (!(await isServed(await open(port)))); // until the server has seen it go
    for (const socket of [...held, ...proxys]) socket.destroy();
    await left;
  });

  it('of other addresses are counted for each, of IPv6 by its network, until they are WebSockets', () => {
    const server = createServer();
    limitConnections(server, { ...MANY, perAddress: 2, ownMachine: 1 }, () => false);
    const from = (remoteAddress: string) => {
      const socket = Object.assign(new Duplex({ read() {}, write: (_c, _e, done) => done() }), {
        remoteAddress,
      });
      server.emit('connection', socket as unknown as Socket);
      return socket;
    };
    const first = from('203.0.113.9');
    expect(
      [first, from('203.0.113.9'), from('::ffff:203.0.113.9')].map(({ destroyed }) => destroyed),
    ).toEqual([false, false, true]);
    expect(from('203.0.113.10').destroyed).toBe(false);
    expect(
      ['2001:db8::1', '2001:db8::2', '2001:db8::3', '2001:db8:0:1::1'].map((at) => from(at).destroyed),
    ).toEqual([false, false, true, false]);
    server.emit('upgrade', {} as never, first, Buffer.alloc(0));
    expect([from('203.0.113.9').destroyed, from('203.0.113.9').destroyed]).toEqual([false, true]);
    first.emit('close'); // it has left already
    expect(from('203.0.113.9').destroyed).toBe(true);
  });

  it.each([
    [256, 48],
    [1_024, 768],
    [20_000, 18_000],
    [1_048_576, 20_000],
    [Infinity, 20_000],
  ])('leave files for everything else: of %d there are %d', (openFiles, total) => {
    const limits = connectionLimits(openFiles);
    expect(limits.total).toBe(total);
    for (const share of [limits.perAddress, limits.ownMachine, limits.webSocketsPerAddress])
      expect(share).toBeLessThan(total);
  });

  it('are refused altogether where there are hardly any files', () => {
    expect(() => connectionLimits(255)).toThrow('A process may have 255 files open here, which is too few');
    expect(() => connectionLimits(Number.NaN)).toThrow('too few');
  });
});

describe('a client that does not read its answers', () => {
  it.each([
    ['that come at once', async () => ({ segment: 1 }), 50_000], // as many as the kernel's buffers take
    ['that take their time', () => new Promise<never>(() => undefined), 100],
  ])('is cut off when a hundred of them are in flight: %s', async (_which, score, most) => {
    let scored = 0;
    const { app } = await build({
      scoreOne() {
        scored++;
        return score();
      },
    });
    const port = await listen(app);
    const accepted = once(app.server, 'connection');
    const client = await open(port);
    client.on('error', () => undefined).pause();
    const [server] = await accepted;
    const gone = once(server, 'close');
    const body = '{"_id":1,"interests":{"climbing":1,"surf":0,"cooking":0,"wine":0}}';
    const request = `POST /cluster HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    client.write(request.repeat(100_000));
    await gone;
    expect(scored).toBeLessThanOrEqual(most);
    client.destroy();
  });

  it('is cut off when nothing has moved for a while', async () => {
    const picture = `<svg xmlns="http://www.w3.org/2000/svg">${' '.repeat(64 * 1024 ** 2)}</svg>`;
    const { app } = await build({ drawHeatmap: () => picture, timeouts: { silenceMs: 300 } });
    const port = await listen(app);
    const accepted = once(app.server, 'connection');
    const client = await open(port);
    client.on('error', () => undefined).pause();
    client.write('GET /heatmap.svg HTTP/1.1\r\nhost: localhost\r\n\r\n');
    const [server] = await accepted;
    await once(server, 'close');
    client.destroy();
  });

  it('may send many requests at once as long as it reads', async () => {
    const { app } = await build();
    const client = await open(await listen(app));
    const requests = 'GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n'.repeat(100);
    for (let round = 0; round < 3; round++) {
      client.write(requests);
      for (let answers = 0; answers < 100; )
        answers += String((await once(client, 'data'))[0]).match(/HTTP\/1.1 200 /g)?.length ?? 0;
    }
    client.destroy();
  });
});
