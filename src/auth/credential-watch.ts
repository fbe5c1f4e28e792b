import { ClientError } from '../errors';
import type { Viewer } from '../viewer';
import type { ApiKeyStore } from './api-key-store';
import type { Openness } from './openness';

const EVERY_MS = 5_000;

/** What the watch needs of the open sockets. */
export interface WatchedSockets {
  viewers(): readonly Viewer[];
  closeWhere(hasEnded: (viewer: Viewer) => boolean, reason: string): void;
}

export interface CredentialWatchOptions {
  readonly store: ApiKeyStore;
  readonly openness: Openness;
  readonly sockets: WatchedSockets;
  readonly onError: (error: unknown) => void;
  readonly everyMs?: number;
}

/**
 * Hears every five seconds what other gateways, and the command line, did to the keys: closes the sockets of revoked
 * ones, and an open gateway once there is a key of role ADMIN. One question for all sockets, none when there are none.
 */
export class CredentialWatch {
  readonly #options: CredentialWatchOptions;
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> | undefined;

  constructor(options: CredentialWatchOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#look(), options.everyMs ?? EVERY_MS).unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  #look(): Promise<void> {
    const { onError } = this.#options;
    this.#looking ??= this.#check()
      .catch((error) => {
        if (!(error instanceof ClientError)) onError(error); // the database is away: whoever asks it is told
      })
      .finally(() => {
        this.#looking = undefined;
      });
    return this.#looking;
  }

  async #check(): Promise<void> {
    const { store, openness, sockets } = this.#options;
    if (openness.open && (await store.hasAdmin())) openness.close();
    const ids = new Set(sockets.viewers().flatMap(({ keyId }) => keyId ?? []));
    if (ids.size === 0) return;
    const live = new Set(await store.stillLive([...ids]));
    // Only those that were asked about: others may have come meanwhile.
    sockets.closeWhere(({ keyId }) => keyId !== null && ids.has(keyId) && !live.has(keyId), KEY_REVOKED);
  }
}

export const KEY_REVOKED = 'The key has been revoked: connect again with another';
export const GATEWAY_CLOSED = 'The gateway asks for a key now: connect again with one';
