import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL, handleProtocols } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Documents } from '../../graphql/documents/operation-refused';
import { AddressBook } from '../../rate-limits/address-book';
import { clientOf } from '../../rate-limits/client-of';
import { RateLimiter } from '../../rate-limits/rate-limiter';
import type { Viewer } from '../../viewer';
import { SharedSubscriptions, type SharedSubscriptionsOptions } from '../subscriptions/shared-subscriptions';
import { CLOSE } from './close-codes';
import { keepAlive } from './keep-alive';
import { Outlet } from './outlet';
import { type Refusal, refuse } from './refusal';
import { Session } from './session';

export interface WebSocketOptions extends SharedSubscriptionsOptions {
  readonly documents: Documents;
  /** Where clients connect, such as `/graphql`; upgrades elsewhere are answered with 404. */
  readonly path: string;
  /**
   * Who asks, by `authorization` in `connection_init`'s payload, once for each socket.
   * @throws ClientError to refuse: its message becomes the close reason.
   */
  readonly authenticate: (
    authorization: string | undefined,
    request: IncomingMessage,
  ) => Promise<Viewer> | Viewer;
  /** Why a request may not connect, by its headers; null when it may. */
  readonly guard?: (request: IncomingMessage) => Refusal | null;
  /** Whose share of `maxSocketsPerAddress` a connection uses. */
  readonly addressOf?: (request: IncomingMessage) => string;
  /** Counts an attempt to connect: 0, or the seconds after which the address may try again. */
  readonly admit?: (address: string) => number;
  /** Defects that no client is told about. */
  readonly onError: (error: unknown) => void;
  readonly limits?: Partial<WebSocketLimits>;
}

export interface WebSocketLimits {
  /** Bytes of one message from a client. */
  readonly maxPayloadBytes: number;
  /** Frames that one message may come in. */
  readonly maxFragments: number;
  /** Pieces, as the network delivers them, of a message that is not complete yet. */
  readonly maxBufferedChunks: number;
  readonly maxSocketsPerAddress: number;
  readonly maxSubscriptionsPerSocket: number;
  readonly subscribesPerMinute: number;
  /** See `OutletOptions`. */
  readonly maxBufferedBytes: number;
  readonly stallMs: number;
  readonly closeMs: number;
  /** From the open socket to its `connection_init`. */
  readonly initTimeoutMs: number;
  /** See `KeepAliveOptions`. */
  readonly pingMs: number;
}

/** PROTOCOL.md states them. */
const LIMITS: WebSocketLimits = {
  maxPayloadBytes: 64 * 1024,
  maxFragments: 64,
  maxBufferedChunks: 1_024,
  maxSocketsPerAddress: 5_000,
  maxSubscriptionsPerSocket: 100,
  subscribesPerMinute: 300,
  maxBufferedBytes: 512 * 1024,
  stallMs: 60_000,
  closeMs: 5_000,
  initTimeoutMs: 3_000,
  pingMs: 15_000,
};

/** GraphQL subscriptions over graphql-transport-ws, on the upgrades of an HTTP server. */
export class WebSocketGateway {
  /** The subscriptions running now. */
  readonly subscriptions: SharedSubscriptions;
  readonly #options: WebSocketOptions;
  readonly #limits: WebSocketLimits;
  readonly #addresses: AddressBook;
  readonly #sockets: WebSocketServer;
  readonly #outlets = new Set<Outlet>();
  readonly #sessions = new Set<Session>();
  readonly #memberSubscribes = new RateLimiter();
  readonly #stopListening: () => void;
  #closing = false;

  constructor(server: Server, options: WebSocketOptions) {
    this.#options = options;
    this.#limits = { ...LIMITS, ...options.limits };
    this.subscriptions = new SharedSubscriptions(options);
    this.#addresses = new AddressBook(this.#limits.maxSocketsPerAddress);
    this.#sockets = new WebSocketServer({
      noServer: true,
      maxPayload: this.#limits.maxPayloadBytes,
      maxFragments: this.#limits.maxFragments,
      maxBufferedChunks: this.#limits.maxBufferedChunks,
      perMessageDeflate: false,
      autoPong: false,
      handleProtocols,
    });
    const upgrade = this.#upgrade.bind(this);
    server.on('upgrade', upgrade);
    this.#stopListening = () => server.off('upgrade', upgrade);
  }

  /** Who holds the sockets that are open now; the same one more than once, if it holds more than one. */
  viewers(): Viewer[] {
    return [...this.#sessions].flatMap(({ viewer }) => viewer ?? []);
  }

  /** Closes with 4403 the sockets whose credentials have ended. */
  closeWhere(hasEnded: (viewer: Viewer) => boolean, reason: string): void {
    for (const session of this.#sessions) {
      if (session.viewer !== undefined && hasEnded(session.viewer)) session.endCredentials(reason);
    }
  }

  /** Refuses new sockets, closes the open ones with 1001, and resolves once all are closed. */
  async close(): Promise<void> {
    this.#closing = true;
    const sockets = [...this.#sockets.clients];
    const closed = sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    for (const outlet of this.#outlets) outlet.close(CLOSE.goingAway, 'Going away');
    const terminate = setTimeout(() => {
      for (const socket of sockets) socket.terminate();
    }, this.#limits.closeMs);
    await Promise.all(closed);
    clearTimeout(terminate);
    this.#stopListening();
  }

  /** A MEMBER gains nothing from many sockets. */
  readonly #takeTurn = ({ organizationId, userId }: Viewer): number =>
    userId === null
      ? 0
      : this.#memberSubscribes.take(`${organizationId}\n${userId}`, this.#limits.subscribesPerMinute);

  #upgrade(request: IncomingMessage, connection: Socket, head: Buffer): void {
    connection.on('error', ignore);
    const address = (this.#options.addressOf ?? remoteAddress)(request);
    const refusal = this.#refusal(request, address);
    if (refusal) {
      refuse(connection, refusal);
      return;
    }
    const client = clientOf(address);
    this.#addresses.enter(client);
    connection.once('close', () => this.#addresses.leave(client));
    this.#sockets.handleUpgrade(request, connection, head, (socket) => this.#serve(socket, request));
  }

  #refusal(request: IncomingMessage, address: string): Refusal | undefined {
    const { path, guard, admit } = this.#options;
    if (request.url?.split('?', 1)[0] !== path) {
      return { status: 404, message: `WebSockets are served at ${path}` };
    }
    if (this.#closing) return { status: 503, message: 'The gateway is shutting down' };
    const refused = guard?.(request) ?? null;
    if (refused !== null) return refused;
    if (this.#addresses.isFull(clientOf(address))) {
      return { status: 429, message: 'Too many WebSockets from this address' };
    }
    const retryAfter = admit?.(address) ?? 0;
    if (retryAfter > 0) {
      return { status: 429, message: `Too many connections: try again in ${retryAfter} s`, retryAfter };
    }
    return undefined;
  }

  #serve(socket: WebSocket, request: IncomingMessage): void {
    const { metrics, authenticate } = this.#options;
    const onSlow = () => metrics.slowReaders.inc();
    const outlet = new Outlet(socket, request.socket, { ...this.#limits, onSlow });
    socket.on('error', ignore); // a broken frame: ws closes with 1002, 1007 or 1009 itself
    if (socket.protocol !== GRAPHQL_TRANSPORT_WS_PROTOCOL) {
      outlet.close(CLOSE.subprotocolNotAcceptable, 'Subprotocol not acceptable');
      return;
    }
    const session = new Session({
      ...this.#options,
      outlet,
      subscriptions: this.subscriptions,
      authenticate: (authorization) => authenticate(authorization, request),
      initTimeoutMs: this.#limits.initTimeoutMs,
      maxSubscriptions: this.#limits.maxSubscriptionsPerSocket,
      subscribesPerMinute: this.#limits.subscribesPerMinute,
      takeTurn: this.#takeTurn,
    });
    const stopPinging = keepAlive(socket, outlet, this.#limits);
    this.#outlets.add(outlet);
    this.#sessions.add(session);
    metrics.sockets.inc();
    socket.on('ping', (data) => outlet.pong(data));
    socket.on('message', (data, isBinary) => {
      if (isBinary) outlet.close(CLOSE.badRequest, 'Messages are text frames');
      else void session.receive(String(data));
    });
    socket.on('close', () => {
      stopPinging();
      session.end();
      this.#outlets.delete(outlet);
      this.#sessions.delete(session);
      metrics.sockets.dec();
    });
  }
}

function remoteAddress(request: IncomingMessage): string {
  return request.socket.remoteAddress ?? '';
}

function ignore(): void {}
