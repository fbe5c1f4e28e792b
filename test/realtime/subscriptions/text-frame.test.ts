import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import * as fc from 'fast-check';
import { WebSocket, WebSocketServer } from 'ws';
import {
  lastingBuffer,
  textFrameLength,
  writeTextFrame,
} from '../../../src/realtime/subscriptions/text-frame';

const LENGTHS = fc.oneof(fc.nat(300), fc.constantFrom(125, 126, 127, 65_535, 65_536, 65_537));

describe('text frames', () => {
  let server: WebSocketServer;
  let client: WebSocket;
  /** What lies under the server's side of the socket. */
  let connection: Socket;

  beforeAll(async () => {
    server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
    await once(server, 'listening');
    const connected = once(server, 'connection');
    client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    connection = (await connected)[1].socket;
    await once(client, 'open');
  });
  afterAll(async () => {
    client.terminate();
    await new Promise((resolve) => server.close(resolve));
  });

  /** What the client reads. */
  async function received(frames: Buffer, messages: number): Promise<string[]> {
    const texts: string[] = [];
    const all = new Promise<void>((resolve) => {
      client.on('message', (data) => {
        if (texts.push(String(data)) === messages) resolve();
      });
    });
    connection.write(frames);
    await all;
    client.removeAllListeners('message');
    return texts;
  }

  it('are read by a client as the messages that they were, whatever their lengths and letters', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.array(LENGTHS, { minLength: 1, maxLength: 4 }),
        async (text, lengths) => {
          const head = lastingBuffer(text);
          const bodies = lengths.map((length) =>
            lastingBuffer('é'.repeat(length >> 1) + 'x'.repeat(length & 1)),
          );
          const total = bodies.reduce((sum, body) => sum + textFrameLength(head.length + body.length), 0);
          const frames = Buffer.allocUnsafe(total);
          let at = 0;
          for (const body of bodies) at = writeTextFrame(frames, at, head, body);
          expect(at).toBe(total);
          expect(await received(frames, bodies.length)).toEqual(bodies.map((body) => text + String(body)));
        },
      ),
      { numRuns: 60 },
    );
  });
});
