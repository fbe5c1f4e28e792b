/** Opens WebSockets by the thousand and counts the bytes that arrive: a child process of `fan-out`. */
import { randomUUID } from 'node:crypto';
import { connect, Socket } from 'node:net';

/** Opens `count` sockets; each sends these messages once it is open, `ID` in them replaced by one of its own. */
export interface Open {
  readonly port: number;
  readonly path: string;
  readonly count: number;
  readonly messages: readonly string[];
}
/** Asks to be told once so many bytes have arrived since the sockets opened or since the last such question. */
export interface Await {
  readonly bytes: number;
}

let sockets: Socket[] = [];
let arrived = 0;
let awaited = Number.POSITIVE_INFINITY;

process.on('message', async (order: Open | Await) => {
  if ('bytes' in order) {
    awaited = order.bytes;
    tell();
    return;
  }
  for (const socket of sockets) socket.destroy();
  sockets = await Promise.all(Array.from({ length: order.count }, () => open(order)));
  arrived = 0;
  process.send?.('open');
});

function tell(): void {
  if (arrived < awaited) return;
  arrived -= awaited;
  awaited = Number.POSITIVE_INFINITY;
  process.send?.('arrived');
}

function open({ port, path, messages }: Open): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
          'Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n',
      );
    });
    const id = randomUUID();
    const unsent = messages.map((message) => message.replace('ID', id));
    socket.on('data', (data) => {
      arrived += data.length;
      tell();
      const message = unsent.shift();
      if (message) socket.write(frame(message));
      if (unsent.length === 0) resolve(socket);
    });
  });
}

/** A client's text frame, masked with zeros. */
function frame(text: string): Buffer {
  const body = Buffer.from(text);
  const header = Buffer.from([0x81, 0x80 | 126, body.length >> 8, body.length & 0xff, 0, 0, 0, 0]);
  return Buffer.concat([header, body]);
}
