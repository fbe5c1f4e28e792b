/** A value that JSON carries unchanged, so that it may cross a network. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

export type BusListener = (message: JsonValue) => void;

/**
 * Publish and subscribe by topic, between parts of one process or between processes.
 *
 * Delivery is at most once and in order only as far as the adapter can: who must not miss a message
 * reads the log behind it (see `CityFeed`). A listener is never called from within `publish`, and
 * one that throws disturbs neither the publisher nor the other listeners.
 */
export interface Bus {
  /** Resolves once the message is handed over; a topic without listeners swallows it. */
  publish(topic: string, message: JsonValue): Promise<void>;
  /**
   * Resolves once every later message will arrive.
   * @returns unsubscribes: after it was called the listener is never called again.
   */
  subscribe(topic: string, listener: BusListener): Promise<() => Promise<void>>;
  /** Delivers nothing more. Publishing and subscribing are errors from here on. */
  close(): Promise<void>;
}
