import { timingSafeEqual } from 'node:crypto';
import { checkText } from '../check-text';
import { ClientError } from '../errors';
import { LruMap } from '../lru-map';
import type { Viewer } from '../viewer';
import { type ApiKeyRecord, hashOf, type KeyRole, newKey, prefixOf, viewerOfKey } from './api-key';
import type { ApiKeyStore, StoredKey } from './api-key-store';

const LONGEST_LABEL = 100;
const KEPT_KEYS = 10_000;
/** How long a key that was looked up is good without asking again: so late does a gateway hear of another's revocation. */
const KEPT_MS = 10_000;
/** A key in use is looked up again in the background from here on: no request waits for that. */
const REFRESH_MS = 5_000;
/** Compared with what has no key, so that a miss takes the time of a hit. */
const NOBODYS_HASH = '0'.repeat(64);

export interface ApiKeysOptions {
  readonly store: ApiKeyStore;
  /** After a key was made, before its owner is told. */
  readonly onCreated?: (key: ApiKeyRecord) => void;
  readonly onRevoked?: (key: ApiKeyRecord) => void;
  /** Defects, which nobody is told about. */
  readonly onError: (error: unknown) => void;
}

export interface NewKeyRequest {
  readonly role: KeyRole;
  readonly label: string;
  /** As whom the audit knows who makes it. */
  readonly createdBy: string;
}

/** Finds the key of a prefix; null: there is none in force. */
export type LookUp = (prefix: string) => Promise<StoredKey | null>;

/** Who comes with a key, and how often it may. */
export interface KeyHolder {
  readonly viewer: Viewer;
  /** null: no limit. */
  readonly requestsPerMinute: number | null;
}

interface KeptKey extends KeyHolder {
  readonly at: number;
}

/** The API keys of all organizations. Only keys that are right are remembered, by their hash, and only so many. */
export class ApiKeys {
  readonly #options: ApiKeysOptions;
  #kept = new LruMap<string, KeptKey>(KEPT_KEYS);
  readonly #refreshing = new Set<string>();
  /** Counts changes: what was looked up before one is not remembered after it. */
  #changes = 0;

  constructor(options: ApiKeysOptions) {
    this.#options = options;
  }

  /** @returns also the secret, which nobody can show again. @throws ClientError BAD_USER_INPUT. */
  async create(
    organizationId: string,
    { role, label, createdBy }: NewKeyRequest,
  ): Promise<{ key: ApiKeyRecord; secret: string }> {
    checkText('label', label, LONGEST_LABEL);
    const made = newKey();
    const key = await this.#options.store.add(organizationId, made, { role, label, createdBy });
    this.#options.onCreated?.(key);
    return { key, secret: made.secret };
  }

  /** The newest first, revoked ones too. @param prefix how their prefixes begin; null: however they do. */
  list(organizationId: string, prefix: string | null): Promise<ApiKeyRecord[]> {
    return this.#options.store.list(organizationId, prefix);
  }

  /** Ends a key, here at once. One that has ended stays as it is. @throws ClientError NOT_FOUND. */
  async revoke(organizationId: string, idOrPrefix: string): Promise<ApiKeyRecord> {
    const found = await this.#options.store.revoke(organizationId, idOrPrefix);
    if (found === null) throw new ClientError('NOT_FOUND', `There is no API key ${idOrPrefix}`);
    const { hash, ...key } = found;
    this.#changes++;
    this.#kept.delete(hash);
    this.#options.onRevoked?.(key);
    return key;
  }

  /** Looks every key up again when it is next used, because an organization settled something else. */
  forget(): void {
    this.#changes++;
    this.#kept = new LruMap(KEPT_KEYS);
  }

  /** Who comes with a key that was right within the last ten seconds. */
  verified(secret: string): KeyHolder | undefined {
    if (!secret.startsWith('tk_')) return undefined;
    const hash = hashOf(secret);
    const kept = this.#kept.get(hash);
    if (kept === undefined) return undefined;
    const age = performance.now() - kept.at;
    if (age > REFRESH_MS) {
      if (age > KEPT_MS) return undefined;
      this.#refresh(secret, hash);
    }
    return kept;
  }

  /** Who comes with a key; null: it is no key in force. @param lookUp how to ask the database. */
  async verify(secret: string, lookUp: LookUp = (prefix) => this.#lookUp(prefix)): Promise<KeyHolder | null> {
    const prefix = prefixOf(secret);
    if (prefix === null) return null;
    const at = performance.now(); // before it is looked up: so it is never remembered for longer than it may be
    const changes = this.#changes;
    const hash = hashOf(secret);
    const key = await lookUp(prefix);
    const isRight = sameHash(hash, key?.hash ?? NOBODYS_HASH);
    if (key === null || !isRight) {
      this.#kept.delete(hash);
      return null;
    }
    const holder = { viewer: viewerOfKey(key), requestsPerMinute: key.requestsPerMinute, at };
    if (changes === this.#changes) this.#kept.set(hash, holder);
    if (key.useIsOld) this.#options.store.noteUse(key.id).catch(this.#options.onError);
    return holder;
  }

  /** Keys remembered now. */
  get kept(): number {
    return this.#kept.size;
  }

  async #lookUp(prefix: string): Promise<StoredKey | null> {
    const [key] = await this.#options.store.findLive([prefix]);
    return key ?? null;
  }

  #refresh(secret: string, hash: string): void {
    if (this.#refreshing.has(hash)) return;
    this.#refreshing.add(hash);
    this.verify(secret)
      .catch(() => undefined) // it is good for a while yet; then whoever comes with it is told
      .finally(() => this.#refreshing.delete(hash));
  }
}

function sameHash(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(a, 'hex'), Buffer.from(b, 'hex'));
}
