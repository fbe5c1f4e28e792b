/** Every code a client can meet, in `extensions.code` (GraphQL) or `error.code` (HTTP). */
export type ErrorCode =
  | 'BAD_USER_INPUT'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'DUPLICATE_DATASET'
  | 'EVENTS_EXPIRED'
  | 'STORAGE_UNAVAILABLE'
  | 'MODEL_UNAVAILABLE'
  | 'TOO_COMPLEX'
  | 'RATE_LIMITED'
  | 'INTERNAL_SERVER_ERROR';

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
