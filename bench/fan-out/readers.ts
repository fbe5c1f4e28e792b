/** Holds WebSockets by the thousand and times what arrives on them: a child process of `fan-out`. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { latencyOf, type Measured } from '../measured';
import { joinBody } from '../requests';
import { Frames, frame, PING, PONG, TEXT } from './frames';

/** Everything that a membership event tells. */
const WATCH = `subscription Watch($city: String!) {
  roomMembershipChanged(city: $city) {
    seq kind city userId at room { id segmentNumber memberCount } previousRoom { id segmentNumber memberCount }
  }
}`;
const CITY = 'Salamanca';
const PATIENCE_MS = 10_000;

/** Subscribes so many sockets, each once, to the events of one city. */
export interface Open {
  readonly port: number;
  readonly sockets: number;
}
/** Causes events by requests, each once all sockets have the one before. */
export interface Cause {
  readonly events: number;
}
export interface Delivered extends Measured {
  /** Of each event, from the request to the last socket; milliseconds. */
  readonly untilAll: Measured['latency'];
  /** The `next` message that a socket got last. */
  readonly message: string;
}

let port = 0;
let sockets: Socket[] = [];
let onMessage: (text: Buffer) => void = () => {};

process.on('message', async (order: Open | Cause) =>
  process.send?.('events' in order ? await cause(order.events) : await open(order)),
);

async function open(order: Open): Promise<object> {
  port = order.port;
  sockets = await Promise.all(Array.from({ length: order.sockets }, () => subscribe()));
  return {};
}

async function cause(events: number): Promise<Delivered> {
  const times: number[] = [];
  const untilAll: number[] = [];
  let failures = 0;
  let message: Buffer = Buffer.alloc(0);
  const start = performance.now();
  for (let event = 0; event < events; event++) {
    const sent = performance.now();
    const all = new Promise<void>((resolve) => {
      let missing = sockets.length;
      if (missing === 0) resolve();
      onMessage = (text) => {
        times.push(performance.now() - sent);
        message = text;
        if (--missing === 0) resolve();
      };
    });
    const answer = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: joinBody(CITY),
    });
    if (!answer.ok || (await answer.text()).includes('"errors"')) failures += 1;
    const late = setTimeout(() => {
      throw new Error(`An event has not reached all sockets after ${PATIENCE_MS} ms`);
    }, PATIENCE_MS);
    await all;
    clearTimeout(late);
    untilAll.push(performance.now() - sent);
  }
  const seconds = (performance.now() - start) / 1000;
  return {
    units: times.length,
    seconds,
    latency: latencyOf(times),
    untilAll: latencyOf(untilAll),
    failures,
    message: String(message),
  };
}

/** Opens a socket and subscribes it; raw, because 2,000 sockets of a library would take the time that they measure. */
async function subscribe(): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.write(
    'GET /graphql HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
      'Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n',
  );
  const [upgraded] = (await once(socket, 'data')) as [Buffer];
  if (!upgraded.toString('latin1').startsWith('HTTP/1.1 101')) throw new Error(`No WebSocket: ${upgraded}`);
  socket.on('close', () => {
    throw new Error('A server closed a socket');
  });
  socket.write(frame(TEXT, '{"type":"connection_init"}'));
  await once(socket, 'data'); // connection_ack
  const frames = new Frames((opcode, payload) => {
    if (opcode === PING) socket.write(frame(PONG, String(payload)));
    if (opcode === TEXT) onMessage(payload);
  });
  socket.on('data', (bytes) => frames.push(bytes));
  const payload = { query: WATCH, variables: { city: CITY } };
  const id = randomUUID();
  socket.write(frame(TEXT, JSON.stringify({ id, type: 'subscribe', payload })));
  return socket;
}
