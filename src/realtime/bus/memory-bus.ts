import type { Bus, BusListener, JsonValue } from './bus';

interface Envelope {
  readonly topic: string;
  /** Serialised, as on a network: later changes of the published object don't arrive, Dates arrive as strings. */
  readonly json: string;
}

export interface MemoryBusOptions {
  /** What a listener threw. */
  readonly onError: (error: unknown) => void;
  /** Messages that may wait for the event loop's next turn; past it the oldest are dropped. */
  readonly capacity?: number;
}

/** The bus of a gateway that runs as one process. */
export class MemoryBus implements Bus {
  readonly #listeners = new Map<string, Set<BusListener>>();
  readonly #onError: (error: unknown) => void;
  readonly #capacity: number;
  #waiting: Envelope[] = [];
  #closed = false;

  constructor({ onError, capacity = 100_000 }: MemoryBusOptions) {
    this.#onError = onError;
    this.#capacity = capacity;
  }

  async publish(topic: string, message: JsonValue): Promise<void> {
    this.#assertOpen();
    if (!this.#listeners.has(topic)) return;
    if (this.#waiting.length === 0) setImmediate(() => this.#deliver());
    this.#waiting.push({ topic, json: JSON.stringify(message) });
    if (this.#waiting.length > this.#capacity) this.#waiting.shift();
  }

  async subscribe(topic: string, listener: BusListener): Promise<() => Promise<void>> {
    this.#assertOpen();
    const own: BusListener = (message) => listener(message);
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(own));
    return async () => {
      listeners.delete(own);
      if (listeners.size === 0 && this.#listeners.get(topic) === listeners) this.#listeners.delete(topic);
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#waiting = [];
    this.#listeners.clear();
  }

  #deliver(): void {
    const envelopes = this.#waiting;
    this.#waiting = [];
    for (const { topic, json } of envelopes) {
      for (const listener of this.#listeners.get(topic) ?? []) {
        try {
          listener(JSON.parse(json));
        } catch (error) {
          this.#onError(error);
        }
      }
    }
  }

  #assertOpen(): void {
    if (this.#closed) throw new Error('The bus is closed');
  }
}
