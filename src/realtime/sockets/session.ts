import type { GraphQLFormattedError } from 'graphql';
import { MessageType, parseMessage, type SubscribePayload } from 'graphql-ws';
import { ClientError, type ErrorCode } from '../../errors';
import { type Documents, OperationRefused, subscriptionOf } from '../../graphql/documents/operation-refused';
import type { Metrics } from '../../metrics';
import { rateLimited } from '../../rate-limits/rate-limited';
import { Allowance } from '../../rate-limits/rate-limiter';
import { identityOf, type Viewer } from '../../viewer';
import type { SharedSubscriptions } from '../subscriptions/shared-subscriptions';
import { Subscriber } from '../subscriptions/subscriber';
import { CLOSE } from './close-codes';
import type { Outlet } from './outlet';

/** An id is repeated in every message to the client, so it can't be of any length. */
const MAX_ID_LENGTH = 128;

/** Refusals of `connection_init` that are not the client's fault, but pass. */
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['STORAGE_UNAVAILABLE', 'RATE_LIMITED']);

/** The longest that a timer can wait. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

export interface SessionOptions {
  readonly outlet: Outlet;
  readonly documents: Documents;
  readonly subscriptions: SharedSubscriptions;
  readonly authenticate: (authorization: string | undefined) => Promise<Viewer> | Viewer;
  readonly formatError: (error: unknown) => GraphQLFormattedError;
  /** Defects, which the client only learns of as 4500. */
  readonly onError: (error: unknown) => void;
  readonly metrics: Metrics;
  readonly initTimeoutMs: number;
  readonly maxSubscriptions: number;
  readonly subscribesPerMinute: number;
  /** Counts a `subscribe` message of the viewer's, on whichever socket. @returns 0, or the seconds until the next. */
  readonly takeTurn: (viewer: Viewer) => number;
}

/**
 * The server's side of graphql-transport-ws on one socket. `next` messages don't pass here: groups
 * write them to the socket. graphql-ws's own server would iterate, validate and serialise every
 * message for every socket, at five times the cost of the bare `ws` send.
 */
export class Session {
  readonly #options: SessionOptions;
  readonly #subscribers = new Map<string, Subscriber>();
  readonly #subscribes = new Allowance();
  readonly #initTimeout: NodeJS.Timeout;
  #expiry: NodeJS.Timeout | undefined;
  #initialised = false;
  #viewer: Viewer | undefined;
  /** Subscriptions running, starting, or completed by the client while they were starting. */
  #held = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#initTimeout = setTimeout(
      () => this.#close(CLOSE.initialisationTimeout, 'Connection initialisation timeout'),
      options.initTimeoutMs,
    );
  }

  /** Who holds the socket, once it has said so. */
  get viewer(): Viewer | undefined {
    return this.#viewer;
  }

  /** Closes the socket because what it was opened with counts no more. */
  endCredentials(reason: string): void {
    this.#close(CLOSE.forbidden, reason);
  }

  /** Handles one message; never throws. */
  async receive(text: string): Promise<void> {
    if (!this.#options.outlet.open) return;
    try {
      await this.#handle(text);
    } catch (error) {
      this.#options.onError(error);
      this.#close(CLOSE.internalError, 'Internal server error');
    }
  }

  /** Ends everything, once the socket has closed. */
  end(): void {
    clearTimeout(this.#initTimeout);
    clearTimeout(this.#expiry);
    for (const subscriber of this.#subscribers.values()) subscriber.stop();
  }

  async #handle(text: string): Promise<void> {
    const message = readMessage(text);
    switch (message?.type) {
      case MessageType.ConnectionInit:
        return this.#initialise(message.payload ?? {});
      case MessageType.Ping:
        return this.#send({ type: MessageType.Pong, ...(message.payload && { payload: message.payload }) });
      case MessageType.Pong:
        return;
      case MessageType.Subscribe:
        return this.#subscribe(message.id, message.payload);
      case MessageType.Complete:
        return this.#subscribers.get(message.id)?.stop();
      default:
        return this.#close(CLOSE.badRequest, 'Invalid message received');
    }
  }

  async #initialise(payload: { readonly authorization?: unknown }): Promise<void> {
    const { authorization } = payload;
    if (this.#initialised) return this.#close(CLOSE.tooMany, 'Too many initialisation requests');
    this.#initialised = true;
    clearTimeout(this.#initTimeout);
    if (authorization !== undefined && authorization !== null && typeof authorization !== 'string') {
      return this.#close(CLOSE.forbidden, 'Forbidden: "authorization" must be a string, "Bearer KEY"');
    }
    try {
      this.#viewer = await this.#options.authenticate(authorization ?? undefined);
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      const code = PASSING.has(error.extensions.code) ? CLOSE.tryAgainLater : CLOSE.forbidden;
      return this.#close(code, error.message);
    }
    if (!this.#options.outlet.open) return; // it closed while its credentials were checked
    this.#endAt(this.#viewer.expiresAt);
    this.#send({ type: MessageType.ConnectionAck });
  }

  /** @param expiresAt in milliseconds since 1970; null: never. */
  #endAt(expiresAt: number | null): void {
    if (expiresAt === null) return;
    const left = expiresAt - Date.now();
    if (left <= 0) this.endCredentials('The token has expired: connect again with a new one');
    else this.#expiry = setTimeout(() => this.#endAt(expiresAt), Math.min(left, LONGEST_WAIT_MS));
  }

  async #subscribe(id: string, payload: SubscribePayload): Promise<void> {
    const viewer = this.#viewer;
    if (!viewer) return this.#close(CLOSE.unauthorized, 'Unauthorized');
    if (id.length > MAX_ID_LENGTH) {
      return this.#close(CLOSE.badRequest, `A subscription's id has at most ${MAX_ID_LENGTH} characters`);
    }
    if (this.#subscribers.has(id)) {
      return this.#close(CLOSE.subscriberAlreadyExists, `Subscriber for ${id} already exists`);
    }
    const { maxSubscriptions, subscribesPerMinute, takeTurn } = this.#options;
    if (this.#held >= maxSubscriptions) {
      const message = `A socket holds at most ${maxSubscriptions} subscriptions: complete one, or open another socket.`;
      return this.#sendError(id, new ClientError('RATE_LIMITED', message));
    }
    const wait = this.#subscribes.take(subscribesPerMinute) || takeTurn(viewer);
    if (wait > 0) {
      return this.#sendError(
        id,
        rateLimited(`A socket, and a MEMBER, may subscribe ${subscribesPerMinute} times a minute`, wait),
      );
    }
    const subscriber = this.#hold(id);
    try {
      await this.#start(viewer, payload, subscriber);
    } catch (error) {
      subscriber.fail(error);
    }
    subscriber.onStop(() => this.#held--);
  }

  #hold(id: string): Subscriber {
    const { outlet, metrics } = this.#options;
    const subscriber = new Subscriber(outlet, id, (error) => this.#sendError(id, error));
    this.#held++;
    this.#subscribers.set(id, subscriber);
    metrics.subscriptions.inc();
    subscriber.onStop(() => {
      this.#subscribers.delete(id);
      metrics.subscriptions.dec();
    });
    return subscriber;
  }

  async #start(viewer: Viewer, payload: SubscribePayload, subscriber: Subscriber): Promise<void> {
    const { query: text, operationName, variables } = payload;
    const document = await this.#options.documents.get(text, identityOf(viewer));
    if (subscriber.stopped) return;
    subscriptionOf(document, operationName);
    await this.#options.subscriptions.start({ viewer, text, document, operationName, variables }, subscriber);
  }

  #sendError(id: string, error: unknown): void {
    const { formatError } = this.#options;
    const errors = error instanceof OperationRefused ? error.errors : [error];
    this.#send({ id, type: MessageType.Error, payload: errors.map((each) => formatError(each)) });
  }

  #send(message: object): void {
    this.#options.outlet.send(JSON.stringify(message));
  }

  #close(code: number, reason: string): void {
    this.#options.outlet.close(code, reason);
  }
}

/** Undefined when the text isn't a message of the protocol. */
function readMessage(text: string): ReturnType<typeof parseMessage> | undefined {
  try {
    return parseMessage(text);
  } catch {
    return undefined;
  }
}
