/**
 * What one would pick instead to tell every socket of an event, a child process of `fan-out`: started
 * with `bare-ws` or `graphql-ws` and a `next` message, whose event it sends whenever it gets a POST.
 */
import { EventEmitter, on } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';

/** Each makes the sockets' server tell of events and returns how to send one. */
const RIVALS = {
  'bare-ws'(sockets: WebSocketServer, message: string): () => void {
    sockets.on('connection', (socket) => {
      socket.once('message', () => socket.send('{"type":"connection_ack"}'));
    });
    return () => {
      for (const socket of sockets.clients) socket.send(message);
    };
  },

  'graphql-ws'(sockets: WebSocketServer, message: string): () => void {
    const event = JSON.parse(message).payload.data.roomMembershipChanged;
    const events = new EventEmitter().setMaxListeners(0);
    const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));
    const field = schema.getSubscriptionType()?.getFields()['roomMembershipChanged'];
    if (!field) throw new Error('The schema has no roomMembershipChanged');
    field.subscribe = () => on(events, 'event');
    field.resolve = ([event]) => event;
    useServer({ schema }, sockets);
    return () => events.emit('event', event);
  },
};
export type RivalName = keyof typeof RIVALS;

const [name, message = ''] = process.argv.slice(2);
const server = createServer();
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
const send = RIVALS[name as RivalName](sockets, message);
server.on('request', (request, response) => {
  request.resume().on('end', () => {
    send();
    response.end('{}');
  });
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
