import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { lingeringClose } from '../../lingering-close';
import { HttpError } from '../error-handler';

/**
 * Closes connections whose request was answered before its body had come: whatever the route and the answer, nobody
 * will read the rest, and Node would go on taking it for as long as the client sends.
 *
 * Clients that wait for leave to send a body (`Expect: 100-continue`) get it only when somebody will read it.
 */
export function closeUnreadBodies(app: FastifyInstance): void {
  const { server } = app;
  for (const event of ['checkContinue', 'checkExpectation'] as const)
    server.on(event, (request, response) => server.emit('request', request, response));
  app.addHook('preParsing', (request, reply, payload, done) => {
    if (request.headers.expect !== undefined && willBeRead(request)) reply.raw.writeContinue();
    done(null, payload);
  });
  app.addHook('onSend', (request, reply, payload, done) => {
    if (!isUnread(request.raw)) {
      done(null, payload);
      return;
    }
    // What came together with the head is parsed by then: a small body is no reason to close.
    setImmediate(() => {
      closeUnread(request, reply);
      done(null, payload);
    });
  });
}

/** To be called before the head of the answer is written. */
export function closeUnread({ raw }: FastifyRequest, reply: FastifyReply): void {
  if (!isUnread(raw)) return;
  reply.header('connection', 'close');
  const { socket } = reply.raw; // a body whose reading failed has lost its own
  // Node calls this when the last answer has been sent; its own resets the connection.
  if (socket !== null) socket.destroySoon = () => lingeringClose(socket);
}

export function refuseExpectation({ headers: { expect } }: IncomingMessage): HttpError | null {
  if (expect === undefined || /^100-continue$/i.test(expect)) return null;
  return new HttpError(417, 'BAD_USER_INPUT', 'Nothing but "Expect: 100-continue" is understood');
}

function isUnread(request: IncomingMessage): boolean {
  return !request.complete && hasBody(request);
}

function hasBody({ headers }: IncomingMessage): boolean {
  const { 'content-length': length = '0' } = headers;
  return length !== '0' || headers['transfer-encoding'] !== undefined;
}

/** Whether a parser will take the body, as far as its headers tell. */
function willBeRead({ method, headers, routeOptions, server }: FastifyRequest): boolean {
  const { 'content-length': length = '0', 'content-type': type = '' } = headers;
  return (
    method === 'POST' && Number(length) <= (routeOptions.bodyLimit ?? 0) && server.hasContentTypeParser(type)
  );
}
