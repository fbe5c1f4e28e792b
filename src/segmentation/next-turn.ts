/**
 * Lets everything else that waits have its turn on the event loop, a cancellation among it.
 *
 * @throws the signal's reason once it is aborted.
 */
export async function nextTurn(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal.throwIfAborted();
}
