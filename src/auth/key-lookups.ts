import { setTimeout as sleep } from 'node:timers/promises';
import { rateLimited } from '../rate-limits/rate-limited';
import type { StoredKey } from './api-key-store';

const LARGEST_BATCH = 500;
/** For addresses that came with many wrong keys. */
const SUSPECT = { paceMs: 100, most: 500 };
const TRUSTED = { paceMs: 0, most: 20_000 };

type FindKeys = (prefixes: readonly string[]) => Promise<readonly StoredKey[]>;

/**
 * Looks keys up, all that are asked for meanwhile by one statement, one statement at a time: so wrong keys, however
 * many, cost the database next to nothing.
 *
 * Addresses that came with many wrong ones have a lane of their own, of ten statements a second, so that a right key
 * from there still gets in. Past 500 that wait in it, they are turned away before they cost anything.
 */
export class KeyLookups {
  readonly #trusted: Lane;
  readonly #suspect: Lane;

  constructor(find: FindKeys) {
    this.#trusted = new Lane(find, TRUSTED);
    this.#suspect = new Lane(find, SUSPECT);
  }

  /** @throws ClientError RATE_LIMITED, STORAGE_UNAVAILABLE. */
  find(prefix: string, isSuspect: boolean): Promise<StoredKey | null> {
    return (isSuspect ? this.#suspect : this.#trusted).find(prefix);
  }
}

interface Waiting {
  readonly answer: Promise<StoredKey | null>;
  resolve(key: StoredKey | null): void;
  reject(error: unknown): void;
}

class Lane {
  #waiting = new Map<string, Waiting>();
  #running = false;

  constructor(
    private readonly findKeys: FindKeys,
    private readonly options: { readonly paceMs: number; readonly most: number },
  ) {}

  async find(prefix: string): Promise<StoredKey | null> {
    const asked = this.#waiting.get(prefix);
    if (asked !== undefined) return asked.answer;
    if (this.#waiting.size >= this.options.most) throw rateLimited('Too many wrong credentials came in', 1);
    const waiting = newWaiting();
    this.#waiting.set(prefix, waiting);
    if (!this.#running) void this.#run();
    return waiting.answer;
  }

  async #run(): Promise<void> {
    this.#running = true;
    const { paceMs } = this.options;
    while (this.#waiting.size > 0) {
      if (paceMs > 0) await sleep(paceMs);
      const batch = [...this.#waiting].slice(0, LARGEST_BATCH);
      for (const [prefix] of batch) this.#waiting.delete(prefix);
      await this.#settle(batch);
    }
    this.#running = false;
  }

  async #settle(batch: readonly (readonly [string, Waiting])[]): Promise<void> {
    try {
      const found = await this.findKeys(batch.map(([prefix]) => prefix));
      const keys = new Map(found.map((key) => [key.prefix, key]));
      for (const [prefix, { resolve }] of batch) resolve(keys.get(prefix) ?? null);
    } catch (error) {
      for (const [, { reject }] of batch) reject(error);
    }
  }
}

function newWaiting(): Waiting {
  let settle: Pick<Waiting, 'resolve' | 'reject'> | undefined;
  const answer = new Promise<StoredKey | null>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { answer, ...(settle as unknown as Pick<Waiting, 'resolve' | 'reject'>) };
}
