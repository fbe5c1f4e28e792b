import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import { asUserError, OperationRefused, subscriptionOf } from '../../graphql/documents/operation-refused';
import type { Metrics } from '../../metrics';
import type { Viewer } from '../../viewer';
import { enforceLimit } from '../feeds/event-limit';
import { EventSource } from '../feeds/event-source';
import type { Feed } from '../feeds/feed';
import { KeptPayloads } from './kept-payloads';
import { payloadVariables } from './payload-variables';
import { SharedGroup } from './shared-group';
import type { Executed, Subscriber } from './subscriber';
import { lastingBuffer } from './text-frame';
import { Turns } from './turns';

/** Bytes of payload kept by all groups together. */
const KEPT_LENGTH = 16 * 1024 * 1024;

/** What one subscriber asked for. */
export interface SubscriptionRequest {
  readonly viewer: Viewer;
  /** The document as sent, and parsed and validated. */
  readonly text: string;
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

export interface SharedSubscriptionsOptions {
  readonly schema: GraphQLSchema;
  readonly execute: (args: ExecutionArgs) => ExecutionResult | Promise<ExecutionResult>;
  /** A new context for each execution, so that no loader's cache outlives an event. */
  readonly contextFactory: (viewer: Viewer) => unknown;
  /** Masks what isn't meant for clients. Gets a GraphQLError, a ClientError or whatever else was thrown. */
  readonly formatError: (error: unknown) => GraphQLFormattedError;
  readonly metrics: Metrics;
  /** Bytes of payload that all groups together keep for subscribers that resume. */
  readonly keptLength?: number;
}

interface Entry {
  readonly group: SharedGroup<unknown>;
  subscribers: number;
}

/**
 * Runs subscriptions so that subscribers who must get the same payload cost one execution and one
 * serialisation per event. The same are those with the same document, operation, source, rights, and
 * values of the variables that reach the payload.
 */
export class SharedSubscriptions {
  readonly #options: SharedSubscriptionsOptions;
  readonly #groups = new Map<string, Entry>();
  readonly #turns = new Turns();
  readonly #kept: KeptPayloads;

  constructor(options: SharedSubscriptionsOptions) {
    this.#options = options;
    this.#kept = new KeptPayloads(options.keptLength ?? KEPT_LENGTH);
  }

  /** Groups with at least one subscriber. */
  get size(): number {
    return this.#groups.size;
  }

  /** Bytes of payload kept now. */
  get keptLength(): number {
    return this.#kept.length;
  }

  /**
   * Resolves once the subscriber gets its events, or has stopped.
   * @throws OperationRefused, ClientError, or whatever the `subscribe` resolver threw, when it doesn't start.
   */
  async start(request: SubscriptionRequest, subscriber: Subscriber): Promise<void> {
    const source = await this.#source(request);
    const { feed, seq, release } = await source.open();
    subscriber.onStop(release);
    if (subscriber.stopped) return;
    subscriber.begin(seq, feed.resumable);
    if (source.limit !== undefined) await enforceLimit(source.limit, feed, subscriber);
    if (subscriber.stopped) return;
    const key = groupKey(request, source);
    const entry = this.#groups.get(key) ?? this.#open(key, request, feed);
    entry.subscribers++;
    subscriber.onStop(() => this.#leave(key, entry));
    void entry.group.serve(subscriber);
  }

  /** Lets go of payloads that name a person whom the log has forgotten. */
  forget(userId: string): void {
    this.#kept.forget(userId);
  }

  /** Authorises and coerces arguments as graphql-js does, and takes what the field's `subscribe` returned. */
  async #source({
    document,
    operationName,
    variables,
    viewer,
  }: SubscriptionRequest): Promise<EventSource<unknown>> {
    const { schema, contextFactory } = this.#options;
    const stream = await createSourceEventStream({
      schema,
      document,
      operationName,
      variableValues: variables,
      contextValue: contextFactory(viewer),
    });
    if ('errors' in stream) throw new OperationRefused((stream.errors ?? []).map(asUserError));
    if (stream instanceof EventSource) return stream;
    throw new Error('A subscription field must subscribe to an EventSource');
  }

  #open(key: string, request: SubscriptionRequest, feed: Feed): Entry {
    const group = new SharedGroup({
      feed,
      turns: this.#turns,
      shelf: this.#kept.shelf(),
      execute: (event) => this.#execute(request, event),
      onDelivered: (frames) => this.#options.metrics.deliveries.inc(frames),
    });
    const entry = { group, subscribers: 0 };
    this.#groups.set(key, entry);
    return entry;
  }

  #leave(key: string, entry: Entry): void {
    entry.subscribers--;
    if (entry.subscribers > 0) return;
    entry.group.close();
    this.#groups.delete(key);
  }

  async #execute(
    { document, operationName, variables, viewer }: SubscriptionRequest,
    event: unknown,
  ): Promise<Executed> {
    const { schema, execute, contextFactory, formatError } = this.#options;
    try {
      const { errors, ...rest } = await execute({
        schema,
        document,
        operationName,
        variableValues: variables,
        contextValue: contextFactory(viewer),
        rootValue: event,
      });
      const result = errors ? { ...rest, errors: errors.map((error) => formatError(error)) } : rest;
      return { bytes: endOfMessage(result), cacheable: !errors };
    } catch (error) {
      return { bytes: endOfMessage({ errors: [formatError(error)] }), cacheable: false };
    }
  }
}

/** The `next` message's payload and closing brace. */
function endOfMessage(result: object): Buffer {
  return lastingBuffer(`${JSON.stringify(result)}}`);
}

function groupKey(request: SubscriptionRequest, { topic, rights }: EventSource<unknown>): string {
  const { viewer, text, document, operationName, variables } = request;
  // A variable left out takes its default, one that is null doesn't.
  const present = payloadVariables(document, subscriptionOf(document, operationName)).filter(
    (name) => variables && Object.hasOwn(variables, name),
  );
  return JSON.stringify([
    topic,
    rights ?? [viewer.organizationId, viewer.role, viewer.userId],
    operationName ?? null,
    text,
    present.map((name) => [name, variables?.[name]]),
  ]);
}
