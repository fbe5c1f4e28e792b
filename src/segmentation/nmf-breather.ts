import { nextTurn } from './next-turn';

/** A cancelled computation is to stop well within a second; a turn after every chunk would cost more than it brings. */
const LONGEST_MS = 50;

/** Lets the event loop have its turn now and then during a long computation. */
export class Breather {
  #last = performance.now();

  constructor(private readonly signal: AbortSignal) {}

  /**
   * Call it every few milliseconds.
   *
   * @throws the signal's reason once it is aborted.
   */
  async breathe(): Promise<void> {
    if (performance.now() - this.#last < LONGEST_MS) return;
    await nextTurn(this.signal);
    this.#last = performance.now();
  }
}
