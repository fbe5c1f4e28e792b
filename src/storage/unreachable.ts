import { ClientError } from '../errors';

/**
 * SQLSTATEs of a server that cannot be used just now: connection exceptions, refused credentials, no resources left, an
 * operator at work, no such database, a standby that takes no writes, a statement past its time.
 */
const SQLSTATES = /^(08...|28...|53...|57P..|3D000|25006|57014)$/;
/** The operating system's codes (ECONNREFUSED, EPIPE, …), but not Node's own of a wrong call (ERR_…). */
const SYSTEM = /^E(?!RR_)[A-Z_]+$/;
/** What the driver says without a code. */
const DRIVER =
  /^(timeout exceeded when trying to connect|Query read timeout|Connection terminated|Client (has encountered a connection error|was closed))/;

/** A connection attempt over IPv4 and IPv6 fails with one error for each. */
function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const own = 'code' in error ? [String(error.code)] : [];
  return error instanceof AggregateError ? [...own, ...error.errors.flatMap(codesOf)] : own;
}

/** Whether a statement failed because the server cannot be used, whatever the statement. */
export function isUnreachable(error: unknown): boolean {
  return (
    codesOf(error).some((code) => SQLSTATES.test(code) || SYSTEM.test(code)) ||
    (error instanceof Error && DRIVER.test(error.message))
  );
}

/** SQLSTATE of a server whose own disk is full. */
const DISK_FULL = '53100';

export function unreachable(cause: unknown): ClientError {
  const error = new ClientError(
    'STORAGE_UNAVAILABLE',
    codesOf(cause).includes(DISK_FULL)
      ? 'The disk of the database server is full: nothing can be written until there is room.'
      : 'The database cannot be reached just now: try again in a moment.',
  );
  error.cause = cause;
  return error;
}
