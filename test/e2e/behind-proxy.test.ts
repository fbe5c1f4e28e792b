import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import { ProtocolSocket } from '../realtime/protocol-socket';
import { describeWith } from '../services';
import { useGateway } from './gateway';
import { Nginx } from './nginx';
import { embeddedStorage } from './storages';

const KEY = 'a-key-of-enough-characters';
const UPGRADE =
  'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;';
const FORWARDED = 'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;';
const AUDIT = '{ auditLog(first: 1) { edges { node { address } } } }';

/** Whether the socket opens, or why it does not. */
async function upgrade(url: string, headers: Record<string, string> = {}) {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws', { headers });
  socket.on('error', () => undefined);
  const opened = once(socket, 'open').then(() => ({ status: 101, body: '' }));
  const refused = once(socket, 'unexpected-response').then(async ([, response]) => ({
    status: response.statusCode as number,
    body: await text(response),
  }));
  const outcome = await Promise.race([opened, refused]);
  socket.terminate();
  return outcome;
}

describe('an open gateway', () => {
  const gateway = useGateway(embeddedStorage, {
    ALLOWED_HOSTS: 'gateway.test',
    TRUSTED_PROXIES: '127.0.0.1',
  });

  it.each([
    ['x-forwarded-for', '203.0.113.9', 'ADMIN_API_KEY='],
    ['forwarded', 'for=203.0.113.9', 'ADMIN_API_KEY='],
    ['origin', 'http://localhost:5173', 'ALLOWED_ORIGINS=http://localhost:5173'],
    ['host', 'evil.example', 'ALLOWED_HOSTS=gateway.test,evil.example'],
  ])('opens no socket to %s: %s, and prints what to set', async (name, value, line) => {
    const { status, body } = await upgrade(gateway.url, { [name]: value });
    expect([status, body]).toEqual([403, expect.stringContaining(line)]);
  });

  it('opens one to its own pages, and by the names that it is given', async () => {
    expect(await upgrade(gateway.url, { origin: gateway.url })).toMatchObject({ status: 101 });
    const headers = { host: 'gateway.test:80', origin: 'http://gateway.test:80' };
    expect(await upgrade(gateway.url, headers)).toMatchObject({ status: 101 });
  });

  describeWith('nginx')('behind nginx', () => {
    it.each([
      ['as it is by default', ''],
      ['that says for whom', UPGRADE + FORWARDED],
      ['that says so in another header', `${UPGRADE} proxy_set_header X-Real-IP $remote_addr;`],
    ])('answers nothing but probes and POST /cluster: %s', async (_how, directives) => {
      const nginx = await Nginx.start(gateway.url, directives);
      try {
        const answer = await fetch(`${nginx.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query: AUDIT }),
        });
        expect(answer.status).toBe(403);
        expect(await answer.text()).toContain('Set ADMIN_API_KEY=');
        expect((await fetch(`${nginx.url}/metrics`)).status).toBe(403);
        expect((await fetch(`${nginx.url}/health/ready`)).status).toBe(200);
        expect((await fetch(`${nginx.url}/cluster`, { method: 'POST', body: '{}' })).status).toBe(400);
        if (directives !== '') expect((await upgrade(nginx.url)).status).toBe(403);
      } finally {
        await nginx.stop();
      }
    });
  });
});

describe('a gateway with a key behind a trusted proxy', () => {
  const gateway = useGateway(embeddedStorage, { ADMIN_API_KEY: KEY, TRUSTED_PROXIES: '127.0.0.1' });
  const credentials = { authorization: `Bearer ${KEY}` };

  /** The address that the audit notes of a client. */
  async function audited(url: string, forwardedFor: string, localAddress = '127.0.0.1'): Promise<string> {
    const ask = async (query: string) => {
      const asking = request(`${url}/graphql`, {
        method: 'POST',
        localAddress,
        headers: { ...credentials, 'x-forwarded-for': forwardedFor, 'content-type': 'application/json' },
      });
      asking.end(JSON.stringify({ query }));
      const [answer] = await once(asking, 'response');
      return JSON.parse(await text(answer)).data;
    };
    await ask(`mutation { createBranch(input: { name: "${randomUUID()}" }) { id } }`);
    return (await ask(AUDIT)).auditLog.edges[0].node.address;
  }

  it('notes the right-most address that is no proxy of its own', async () => {
    expect(await audited(gateway.url, '198.51.100.1, 203.0.113.9, 127.0.0.1')).toBe('203.0.113.9');
    expect(await audited(gateway.url, '203.0.113.9', '127.0.0.5')).toBe('127.0.0.5'); // no proxy of ours
  });

  it('counts failures, requests and sockets by it, on WebSockets too', async () => {
    const headers = (address: string) => ({ 'x-forwarded-for': address });
    const wrong = (address: string) =>
      fetch(`${gateway.url}/heatmap.svg`, {
        headers: { ...headers(address), authorization: 'Bearer wrong' },
      });
    for (let i = 0; i < 20; i++) expect((await wrong('203.0.113.20')).status).toBe(401);
    expect((await wrong('203.0.113.20')).status).toBe(429);
    expect((await wrong('203.0.113.21')).status).toBe(401);
    const hundred = () =>
      Promise.all(Array.from({ length: 100 }, () => upgrade(gateway.url, headers('203.0.113.30'))));
    while (!(await hundred()).some(({ status }) => status === 429)); // 600 at once, then 10 a second
    expect((await upgrade(gateway.url, headers('203.0.113.31'))).status).toBe(101);
    expect((await upgrade(gateway.url)).status).toBe(101);
  });

  describeWith('nginx')('that is nginx', () => {
    it('believes nginx, and not what a client wrote before it', async () => {
      const nginx = await Nginx.start(gateway.url, UPGRADE + FORWARDED);
      try {
        expect(await audited(nginx.url, '198.51.100.1', '127.0.0.5')).toBe('127.0.0.5');
        const socket = await ProtocolSocket.connect(
          `${nginx.url.replace(/^http/, 'ws')}/graphql`,
          credentials.authorization,
        );
        await socket.close();
      } finally {
        await nginx.stop();
      }
    });
  });
});
