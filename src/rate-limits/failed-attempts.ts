import { LruMap } from '../lru-map';
import { clientOf } from './client-of';

const WINDOW_MS = 10_000;
const MOST_FAILURES = 20;
const REMEMBERED = 10_000;

interface Window {
  readonly endsAt: number;
  failures: number;
}

/** Who came with wrong credentials, and how often: 20 times within 10 seconds makes an address suspect until they end. */
export class FailedAttempts {
  readonly #windows = new LruMap<string, Window>(REMEMBERED);

  note(address: string): void {
    const client = clientOf(address);
    const window = this.#current(client);
    if (window !== undefined) window.failures++;
    else this.#windows.set(client, { endsAt: performance.now() + WINDOW_MS, failures: 1 });
  }

  /** The whole seconds for which an address is suspect still; 0: it is not. */
  suspectFor(address: string): number {
    const window = this.#current(clientOf(address));
    if (window === undefined || window.failures < MOST_FAILURES) return 0;
    return Math.ceil((window.endsAt - performance.now()) / 1000);
  }

  /** Addresses remembered now. */
  get size(): number {
    return this.#windows.size;
  }

  #current(client: string): Window | undefined {
    const window = this.#windows.get(client);
    return window !== undefined && window.endsAt > performance.now() ? window : undefined;
  }
}
