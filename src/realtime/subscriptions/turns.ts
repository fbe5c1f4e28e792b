import { performance } from 'node:perf_hooks';

/** How long one turn may keep the event loop, in milliseconds. */
const TURN_MS = 5;

/**
 * Shares the event loop between loops over thousands of readers. They all look at one clock, so that
 * together they take no longer than one of them:
 *
 *     while (turns.over()) await turns.next();
 */
export class Turns {
  #began = performance.now();
  #next: Promise<void> | undefined;

  over(): boolean {
    return performance.now() - this.#began > TURN_MS;
  }

  /** Resolves after the event loop has looked at everything else that waits. */
  next(): Promise<void> {
    this.#next ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#began = performance.now();
        this.#next = undefined;
        resolve();
      });
    });
    return this.#next;
  }
}
