import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Viewer } from '../../src/viewer';
import { ProtocolSocket } from './protocol-socket';
import { ToyGateway } from './toy-gateway';

const MEMBER: Viewer = {
  organizationId: 'nomads',
  role: 'MEMBER',
  userId: 'ann',
  actor: 'a member',
  keyId: null,
  expiresAt: null,
};

let gateway: ToyGateway;
afterEach(async () => {
  await gateway.stop();
  expect(gateway.errors).toEqual([]);
});

describe('a socket', () => {
  it('ends with its credentials', async () => {
    gateway = await ToyGateway.start({ authenticate: () => ({ ...MEMBER, expiresAt: Date.now() + 300 }) });
    const socket = await ProtocolSocket.connect(gateway.url);
    expect(await socket.closed).toEqual({
      code: 4403,
      reason: 'The token has expired: connect again with a new one',
    });
  });

  it('is not opened with credentials that have just ended', async () => {
    gateway = await ToyGateway.start({ authenticate: () => ({ ...MEMBER, expiresAt: Date.now() - 1 }) });
    const socket = await ProtocolSocket.open(gateway.url);
    socket.send({ type: 'connection_init' });
    expect(await socket.closed).toMatchObject({ code: 4403 });
    expect(socket.messages).toEqual([]);
  });

  it('stays when they last longer than a timer can wait', async () => {
    gateway = await ToyGateway.start({ authenticate: () => ({ ...MEMBER, expiresAt: Date.now() + 1e12 }) });
    const socket = await ProtocolSocket.connect(gateway.url);
    await socket.settled();
    await socket.close();
  });

  it('is closed with others of its holder, once that is told', async () => {
    let count = 0;
    gateway = await ToyGateway.start({ authenticate: () => ({ ...MEMBER, keyId: count++ < 2 ? 'a' : 'b' }) });
    const sockets = [];
    for (let i = 0; i < 3; i++) sockets.push(await ProtocolSocket.connect(gateway.url));
    expect(gateway.sockets.viewers().map(({ keyId }) => keyId)).toEqual(['a', 'a', 'b']);
    gateway.sockets.closeWhere(({ keyId }) => keyId === 'a', 'The key has ended');
    const [first, second, third] = sockets as [ProtocolSocket, ProtocolSocket, ProtocolSocket];
    for (const { closed } of [first, second])
      expect(await closed).toEqual({ code: 4403, reason: 'The key has ended' });
    await third.settled();
    await third.close();
    await Promise.all(sockets.map(({ closed }) => closed));
  });

  it('may subscribe so many times a minute', async () => {
    gateway = await ToyGateway.start({ limits: { subscribesPerMinute: 3 } });
    const socket = await ProtocolSocket.connect(gateway.url);
    for (const id of ['1', '2', '3', '4']) {
      socket.subscribe(id);
      socket.send({ id, type: 'complete' });
    }
    const { id, payload } = await socket.until(({ type }) => type === 'error');
    expect(id).toBe('4');
    expect(payload).toEqual([
      {
        message: 'A socket, and a MEMBER, may subscribe 3 times a minute: try again in 20 s',
        extensions: { code: 'RATE_LIMITED', retryAfter: 20 },
      },
    ]);
    await socket.settled();
    await socket.close();
  });
});

it('a MEMBER gains nothing from many sockets', async () => {
  const authenticate = (userId = 'ana') => ({ ...MEMBER, userId });
  gateway = await ToyGateway.start({ limits: { subscribesPerMinute: 3 }, authenticate });
  const connect = (userId: string) => ProtocolSocket.connect(gateway.url, userId);
  const sockets = [await connect('ana'), await connect('ana'), await connect('ben')];
  for (const socket of sockets) {
    for (const id of ['1', '2']) socket.subscribe(id);
    await socket.settled();
  }
  const refused = sockets.map(({ messages }) => messages.filter(({ type }) => type === 'error').length);
  expect(refused).toEqual([0, 1, 0]);
  for (const socket of sockets) await socket.close();
});

describe('an address', () => {
  it('that connects too often is told when it may again', async () => {
    gateway = await ToyGateway.start({ admit: () => 7 });
    const socket = new WebSocket(gateway.url, 'graphql-transport-ws');
    const [request, response] = await once(socket, 'unexpected-response');
    expect([response.statusCode, response.headers['retry-after']]).toEqual([429, '7']);
    response.destroy();
    request.destroy();
  });
});
