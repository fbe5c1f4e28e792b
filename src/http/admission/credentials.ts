import type { ApiKeyStore } from '../../auth/api-key-store';
import { ApiKeys } from '../../auth/api-keys';
import {
  CredentialWatch,
  GATEWAY_CLOSED,
  KEY_REVOKED,
  type WatchedSockets,
} from '../../auth/credential-watch';
import { type JwtClaims, type JwtKeys, JwtVerifier } from '../../auth/jwt-verifier';
import { KeyLookups } from '../../auth/key-lookups';
import { Openness } from '../../auth/openness';
import { FailedAttempts } from '../../rate-limits/failed-attempts';
import { ViewerLimits } from '../../rate-limits/viewer-limits';
import { ANYBODY, type Authenticate, createAuthenticate } from './authenticate';

export interface CredentialsOptions {
  readonly store: ApiKeyStore;
  readonly adminApiKey: string | null;
  readonly jwtKeys: JwtKeys | null;
  readonly jwtClaims: JwtClaims;
  readonly organizationExists: (id: string) => Promise<boolean>;
  readonly onError: (error: unknown) => void;
}

/** Everything that decides who asks. */
export class Credentials {
  readonly keys: ApiKeys;
  readonly authenticate: Authenticate;
  readonly openness: Openness;
  readonly #store: ApiKeyStore;
  readonly #onError: (error: unknown) => void;
  #sockets: WatchedSockets | undefined;

  private constructor(
    { store, adminApiKey, jwtKeys, jwtClaims, organizationExists, onError }: CredentialsOptions,
    open: boolean,
  ) {
    this.#store = store;
    this.#onError = onError;
    this.openness = new Openness(open);
    this.keys = new ApiKeys({
      store,
      onCreated: ({ role }) => {
        if (role === 'ADMIN') this.openness.close();
      },
      onRevoked: ({ id }) => this.#sockets?.closeWhere(({ keyId }) => keyId === id, KEY_REVOKED),
      onError,
    });
    this.openness.onClose(() => this.#sockets?.closeWhere((viewer) => viewer === ANYBODY, GATEWAY_CLOSED));
    this.authenticate = createAuthenticate({
      adminApiKey,
      openness: this.openness,
      keys: this.keys,
      lookups: new KeyLookups((prefixes) => store.findLive(prefixes)),
      jwts: jwtKeys && new JwtVerifier({ keys: jwtKeys, claims: jwtClaims, organizationExists }),
      failures: new FailedAttempts(),
      limits: new ViewerLimits(),
    });
  }

  /** Open, unless there are credentials: of the environment, or a key of role ADMIN in the database. */
  static async open(options: CredentialsOptions): Promise<Credentials> {
    const { store, adminApiKey, jwtKeys } = options;
    const open = adminApiKey === null && jwtKeys === null && !(await store.hasAdmin());
    return new Credentials(options, open);
  }

  /** From now on sockets end with the credentials that they were opened with. */
  watch(sockets: WatchedSockets): CredentialWatch {
    this.#sockets = sockets;
    return new CredentialWatch({
      store: this.#store,
      openness: this.openness,
      sockets,
      onError: this.#onError,
    });
  }
}
