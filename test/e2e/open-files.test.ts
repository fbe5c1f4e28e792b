import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { GatewayProcess } from './gateway-process';
import { uploadCsv } from './jobs-of';
import { embeddedStorage, useStorage } from './storages';

const LIMIT = 256;
const storage = useStorage(embeddedStorage);

/** Tries to connect. @returns the connection, once it was opened or refused. */
async function tryToConnect(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined).resume();
  await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
  return socket;
}

/** A client with one connection, which it keeps. */
function keptConnection(url: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    async run(query: string): Promise<unknown> {
      const headers = { 'content-type': 'application/json' };
      const asking = request(`${url}/graphql`, { agent, method: 'POST', headers });
      asking.end(JSON.stringify({ query }));
      const [answer] = await once(asking, 'response');
      return JSON.parse(await text(answer));
    },
    close: () => agent.destroy(),
  };
}

const assign = (userId: string) =>
  `mutation { assignCluster(input: { userId: "${userId}", city: "City of ${userId}", interests: { surf: true } }) { cluster } }`;
const ASSIGNED = { data: { assignCluster: { cluster: 4 } } };

it('a gateway with few files serves on beside thousands of connections, and after them', async () => {
  const gateway = new GatewayProcess(storage.environment, LIMIT);
  const { url } = await gateway.client;
  const port = Number(new URL(url).port);
  const client = keptConnection(url);
  expect(await client.run(assign('before'))).toEqual(ASSIGNED);

  const sockets: Socket[] = [];
  for (let wave = 0; wave < 10; wave++)
    sockets.push(...(await Promise.all(Array.from({ length: 300 }, () => tryToConnect(port)))));
  expect((await readdir(`/proc/${gateway.pid}/fd`)).length).toBeLessThan(LIMIT);
  // Whatever the database opens for these, there is room for it.
  for (let i = 0; i < 50; i++) expect(await client.run(assign(`beside ${i}`))).toEqual(ASSIGNED);
  for (const write of [
    'mutation { createBranch(input: { name: "Lisbon" }) { name } }',
    'mutation { forgetUser(userId: "beside 1") }',
  ])
    expect(await client.run(write)).not.toHaveProperty('errors');

  for (const socket of sockets) socket.destroy();
  await Promise.all(sockets.map((socket) => (socket.closed ? undefined : once(socket, 'close'))));
  expect(await client.run(assign('after'))).toEqual(ASSIGNED);
  client.close();
  await uploadCsv(url, 'a,b\n1,2\n3,4\n', 'after');
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  const { code, output } = await gateway.kill('SIGTERM');
  expect(code).toBe(0);
  expect(output).not.toMatch(/EMFILE|"level":[56]0/);
});

it('a gateway with too few says so', async () => {
  const { code, output } = await new GatewayProcess(storage.environment, 200).exited;
  expect([code, output]).toEqual([1, expect.stringContaining('A process may have 200 files open here')]);
});
