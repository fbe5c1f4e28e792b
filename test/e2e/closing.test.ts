import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { json } from 'node:stream/consumers';
import { AssignDocument } from '../client/generated';
import { textOf } from './client';
import { GatewayProcess } from './gateway-process';
import { LIKES } from './people';
import { embeddedStorage, useStorage } from './storages';
import { Watcher } from './watcher';

const storage = useStorage(embeddedStorage);

it.each(['SIGTERM', 'SIGINT'] as const)(
  '%s: requests in flight are answered, sockets sent elsewhere, nothing new is taken, and the exit is clean',
  async (signal) => {
    const gateway = new GatewayProcess(storage.environment);
    const client = await gateway.client;
    const input = { userId: 'ann', city: 'Lisbon', interests: LIKES[1] };
    await client.run(AssignDocument, { input });
    const watchers = [new Watcher(client.url, 'Lisbon', 0), new Watcher(client.url, 'Lisbon', 0)];
    for (const watcher of watchers) await watcher.reaches(1);

    const inFlight = await Promise.all(
      Array.from({ length: 20 }, (_, i) => begin(client.url, { ...input, userId: `in flight ${i}` })),
    );
    const exited = gateway.kill(signal);
    await gateway.logged('Closing');
    const answers = await Promise.all(inFlight.map((finish) => finish()));
    expect(answers).toEqual(answers.map(() => expect.objectContaining({ data: expect.anything() })));
    for (const watcher of watchers) expect(await watcher.ended()).toMatchObject({ code: 1001 });
    const { code, output } = await exited;
    expect(code).toBe(0);
    expect(output).toContain('"msg":"Closed"');
    expect(output).not.toMatch(/"level":[456]0/);
    await expect(fetch(client.url)).rejects.toThrow();

    const next = new GatewayProcess(storage.environment);
    const again = await (await next.client).run(AssignDocument, {
      input: { ...input, userId: 'in flight 7' },
    });
    expect(again.assignCluster.changed).toBe(false);
    await next.kill('SIGTERM');
  },
);

it('does not wait for ever for a request whose rest never comes', async () => {
  const gateway = new GatewayProcess(storage.environment);
  const client = await gateway.client;
  const socket = connect(Number(new URL(client.url).port), '127.0.0.1');
  socket.on('error', () => undefined); // cut off by the gateway, as it should be
  socket.write(
    'POST /graphql HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n',
  );
  await once(socket, 'data');
  expect(await gateway.kill('SIGTERM')).toMatchObject({ code: 0 });
  socket.destroy();
});

/** Sends a request's head, waits until the gateway has it, and leaves the body to be sent by who `finish`es it. */
async function begin(url: string, input: object): Promise<() => Promise<unknown>> {
  const body = JSON.stringify({ query: textOf(AssignDocument), variables: { input } });
  const sent = request(`${url}/graphql`, {
    method: 'POST',
    agent: false,
    headers: {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      expect: '100-continue',
    },
  });
  sent.flushHeaders();
  await once(sent, 'continue');
  return async () => {
    const answered = once(sent, 'response');
    sent.end(body);
    const [response] = await answered;
    return json(response);
  };
}
