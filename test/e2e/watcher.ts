import { createClient, type Client as SocketClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { WatchCityDocument, type WatchCitySubscription } from '../client/generated';
import { textOf } from './client';

export type CityEvent = WatchCitySubscription['roomMembershipChanged'];

/** Someone who watches a city over a WebSocket, as graphql-ws's own client does it. */
export class Watcher {
  readonly events: CityEvent[] = [];
  /** How the subscription ended: null while it runs, and when it was stopped. */
  failure: unknown = null;
  readonly #client: SocketClient;
  readonly #after: number | undefined;
  #told: () => void = () => undefined;

  /** @param after the last number seen: 0 for all; undefined: those from now on. */
  constructor(url: string, city: string, after?: number) {
    this.#after = after;
    this.#client = createClient({
      url: `${url.replace(/^http/, 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
    });
    this.#client.subscribe<WatchCitySubscription>(
      { query: textOf(WatchCityDocument), variables: { city, after: after ?? null } },
      {
        next: ({ data, errors }) => {
          if (data) this.events.push(data.roomMembershipChanged);
          else this.failure = errors;
          this.#told();
        },
        error: (error) => {
          this.failure = error;
          this.#told();
        },
        complete: () => this.#told(),
      },
    );
  }

  /** The number of the last event seen. */
  get seq(): number {
    return this.events.at(-1)?.seq ?? this.#after ?? 0;
  }

  /** Resolves once an event of this number, or a later one, has arrived. @throws when the watch failed. */
  async until(seq: number): Promise<void> {
    while (this.seq < seq) {
      if (this.failure !== null) throw this.failure;
      await new Promise<void>((resolve) => {
        this.#told = resolve;
      });
    }
  }

  async stop(): Promise<void> {
    await this.#client.dispose();
  }
}

/** A city's whole log up to a number, as a watcher gets it. */
export async function logOf(url: string, city: string, seq: number): Promise<readonly CityEvent[]> {
  const watcher = new Watcher(url, city, 0);
  await watcher.until(seq);
  await watcher.stop();
  return watcher.events;
}
