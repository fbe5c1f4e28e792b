import type { GraphQLFormattedError, TypedQueryDocumentNode } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { textOf } from './client';

const running = new Set<{ stop(): Promise<void> }>();
afterEach(async () => {
  await Promise.all([...running].map((subscription) => subscription.stop()));
});

/**
 * One subscription on a socket of its own, by graphql-ws's own client. It never reconnects by itself, and is
 * stopped after its test at the latest.
 */
export class Subscription<Result, Variables> {
  readonly results: Result[] = [];
  /** How it ended: GraphQL errors, or the socket's close event; null while it runs, and when it was stopped. */
  failure: unknown = null;
  readonly #client: Client;
  #told: () => void = () => undefined;

  constructor(
    url: string,
    document: TypedQueryDocumentNode<Result, Variables>,
    variables: Variables,
    key: string | null = null,
  ) {
    const tell = (failure: unknown = null) => {
      this.failure ??= failure;
      this.#told();
    };
    this.#client = createClient({
      url: `${url.replace(/^http/, 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      ...(key !== null && { connectionParams: { authorization: `Bearer ${key}` } }),
    });
    running.add(this);
    this.#client.subscribe<Result>(
      { query: textOf(document), variables: variables as Record<string, unknown> },
      {
        next: ({ data, errors }) => {
          if (data) this.results.push(data);
          tell(errors);
        },
        error: tell,
        complete: () => tell(),
      },
    );
  }

  /** Resolves once this holds, asked again after everything that arrives. @throws how the subscription failed. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.failure !== null) throw this.failure;
      await this.#next();
    }
  }

  /** Resolves with how it ended. */
  async ended(): Promise<unknown> {
    while (this.failure === null) await this.#next();
    return this.failure;
  }

  /** Resolves with the GraphQL errors that end it. */
  async refused(): Promise<readonly GraphQLFormattedError[]> {
    return (await this.ended()) as readonly GraphQLFormattedError[];
  }

  /** Does something until the first result arrives: that is how one knows that a live subscription runs. */
  async awake(nudge: () => Promise<unknown>): Promise<void> {
    while (this.results.length === 0 && this.failure === null) await nudge();
  }

  async stop(): Promise<void> {
    running.delete(this);
    await this.#client.dispose();
  }

  #next(): Promise<void> {
    return new Promise((resolve) => {
      this.#told = resolve;
    });
  }
}
