/** An event and its number within its topic. */
export interface Numbered<E> {
  readonly seq: number;
  readonly event: E;
}

/** One topic's events as this process knows them: each once, numbered without gaps, in order. */
export interface Feed<E = unknown> {
  /** Whether a subscriber may come back and ask for what it missed. */
  readonly resumable: boolean;
  /** The number of the last event. */
  readonly seq: number;
  /** Events after `after` from memory, in order; undefined when memory doesn't reach back that far. */
  recent(after: number, limit: number): readonly Numbered<E>[] | undefined;
  /**
   * Events after `after`, which must be less than `seq`, from the record: at least one, in order.
   * @throws ClientError EVENTS_EXPIRED when the record doesn't reach back that far.
   */
  replay(after: number): Promise<readonly Numbered<E>[]>;
  /** @throws ClientError BAD_USER_INPUT when a subscriber can't resume after this number. */
  assertResumable(after: number): Promise<void>;
  /** Calls the listener, which must not throw, whenever `seq` has grown. @returns stops that. */
  onAdvance(listener: () => void): () => void;
  /** Keeps nothing in memory that names the person. */
  forget(userId: string): void;
  close(): Promise<void>;
}
