/** A cancelled computation is to stop well within a second; a turn after every chunk would cost more than it brings. */
const LONGEST_MS = 50;

/**
 * Lets everything else that waits have its turn on the event loop, a cancellation among it.
 *
 * @throws the signal's reason once it is aborted.
 */
export async function nextTurn(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal.throwIfAborted();
}

/** Yields to the event loop during a long computation, at most every 50 ms. */
export class CooperativeYield {
  #last = performance.now();

  constructor(private readonly signal: AbortSignal) {}

  /**
   * Call it every few milliseconds.
   *
   * @throws the signal's reason once it is aborted.
   */
  async ifDue(): Promise<void> {
    if (performance.now() - this.#last < LONGEST_MS) return;
    await nextTurn(this.signal);
    this.#last = performance.now();
  }
}
