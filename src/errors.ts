/** Every code a client can meet, in `extensions.code` (GraphQL) or `error.code` (HTTP), with its HTTP status. */
export const ERROR_STATUS = {
  BAD_USER_INPUT: 400,
  TOO_COMPLEX: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  QUOTA_EXCEEDED: 403,
  NOT_FOUND: 404,
  DUPLICATE_DATASET: 409,
  EVENTS_EXPIRED: 410,
  RATE_LIMITED: 429,
  INTERNAL_SERVER_ERROR: 500,
  STORAGE_UNAVAILABLE: 503,
  MODEL_UNAVAILABLE: 503,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/**
 * An error meant for the client: its message names what is wrong, where, and what would be right.
 * Anything else that is thrown is a defect: masked for the client, logged whole.
 *
 * `extensions` is where GraphQL looks for the code; further details (`oldestSeq`, …) stand beside it.
 */
export class ClientError extends Error {
  readonly extensions: { readonly code: ErrorCode } & Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = 'ClientError';
    this.extensions = { ...details, code };
  }
}
