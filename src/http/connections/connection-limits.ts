import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { AddressBook } from '../../rate-limits/address-book';
import { clientOf, isOwnMachine } from '../../rate-limits/client-of';

/** Connections open at once: past a limit, new ones are closed before they cost memory. */
export interface ConnectionLimits {
  /** All of them, WebSockets included. */
  readonly total: number;
  /** Of one address (IPv6: its /64), without WebSockets, which have a limit of their own. */
  readonly perAddress: number;
  /** Of this machine's own addresses, together. */
  readonly ownMachine: number;
  /** WebSockets of one address. */
  readonly webSocketsPerAddress: number;
}

const MOST = 20_000;
/** For the database's files (128), uploads, child processes and their pipes, and what Node itself has open (50). */
const LEAST_RESERVE = 208;
const MOST_RESERVE = 2_000;
const LEAST_FILES = 256;

/**
 * How many connections a process can hold whose limit of open files is known: a quarter of them is for everything else,
 * because the embedded database loses writes when it cannot open a file.
 *
 * @throws Error when hardly any would be left.
 */
export function connectionLimits(openFiles: number): ConnectionLimits {
  if (!(openFiles >= LEAST_FILES))
    throw new Error(
      `A process may have ${openFiles} files open here, which is too few: at least ${LEAST_FILES} (ulimit -n)`,
    );
  const reserve = Math.min(MOST_RESERVE, Math.max(LEAST_RESERVE, Math.ceil(openFiles / 4)));
  const total = Math.min(MOST, openFiles - reserve);
  return {
    total,
    perAddress: Math.min(1_000, Math.ceil(total / 2)),
    ownMachine: Math.min(5_000, Math.ceil(total * 0.8)),
    webSocketsPerAddress: Math.min(5_000, Math.ceil(total * 0.8)),
  };
}

/** @param isExempt whether an address, a proxy's, may hold as many as it likes. */
export function limitConnections(
  server: Server,
  { total, perAddress, ownMachine }: Omit<ConnectionLimits, 'webSocketsPerAddress'>,
  isExempt: (address: string) => boolean,
): void {
  server.maxConnections = total;
  const own = new AddressBook(ownMachine);
  const others = new AddressBook(perAddress);
  const leaving = new WeakMap<Duplex, () => void>();

  server.on('connection', (socket) => {
    const { remoteAddress } = socket;
    if (remoteAddress === undefined) return; // it has gone already
    if (isExempt(remoteAddress)) return;
    const isOwn = isOwnMachine(remoteAddress);
    const book = isOwn ? own : others;
    const client = isOwn ? 'own' : clientOf(remoteAddress);
    if (book.isFull(client)) {
      socket.destroy();
      return;
    }
    book.enter(client);
    const leave = () => book.leave(client);
    leaving.set(socket, leave);
    socket.once('close', leave);
  });
  // From here on it counts as a WebSocket.
  server.on('upgrade', (_request, socket) => {
    const leave = leaving.get(socket);
    if (leave === undefined) return;
    socket.off('close', leave);
    leave();
  });
}

declare module 'fastify' {
  interface FastifyRequest {
    /** What the requests of one connection share. */
    connection: { inFlight: number } | null;
  }
}

/** Requests of one connection that are not answered yet. */
const MOST_PIPELINED = 100;

/**
 * Closes connections with too many requests in flight: those at work, and those whose answers nobody reads. Node's own
 * brake stops reading for the latter only, and keeps the connection.
 */
export function limitPipelining(app: FastifyInstance): void {
  const connections = new WeakMap<Socket, { inFlight: number }>();
  app.decorateRequest('connection', null);
  app.addHook('onRequest', (request, _reply, done) => {
    const { socket } = request.raw;
    let connection = connections.get(socket);
    if (connection === undefined) {
      connection = { inFlight: 0 };
      connections.set(socket, connection);
    }
    request.connection = connection; // its socket may be gone when it is answered
    if (++connection.inFlight > MOST_PIPELINED) socket.destroy();
    if (!socket.destroyed) done(); // else nothing of what came with it is done any more
  });
  app.addHook('onResponse', ({ connection }, _reply, done) => {
    if (connection !== null) connection.inFlight--;
    done();
  });
}
