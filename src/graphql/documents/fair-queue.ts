/** Work in one turn of the event loop; a unit is about as much as a field of an answer, some microseconds. */
const TURN = 2_000;

interface Waiting {
  readonly work: number;
  readonly begin: () => void;
}

/**
 * Shares the event loop between clients. So much work begins at once in each turn of the loop; more
 * waits for the next turns, and there the clients take turns. So whoever sends 300 requests that cost
 * 5 ms each waits for them, and everybody else for one of them at most.
 */
export class FairQueue {
  readonly #waiting = new Map<string, Waiting[]>();
  #done = 0;
  #scheduled = false;

  /** @returns undefined: begin now; else resolves when it may begin. */
  take(client: string, work: number): Promise<void> | undefined {
    if (this.#waiting.size === 0 && this.#fits(work)) {
      this.#count(work);
      return undefined;
    }
    return new Promise((begin) => {
      const ofClient = this.#waiting.get(client);
      if (ofClient) ofClient.push({ work, begin });
      else this.#waiting.set(client, [{ work, begin }]);
    });
  }

  #fits(work: number): boolean {
    return this.#done === 0 || this.#done + work <= TURN;
  }

  #count(work: number): void {
    this.#done += work;
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#next());
  }

  #next(): void {
    this.#scheduled = false;
    this.#done = 0;
    for (const [client, ofClient] of this.#waiting) {
      const [next] = ofClient;
      if (next === undefined || !this.#fits(next.work)) return;
      ofClient.shift();
      this.#waiting.delete(client);
      if (ofClient.length > 0) this.#waiting.set(client, ofClient); // behind the others
      this.#count(next.work);
      next.begin();
    }
  }
}
