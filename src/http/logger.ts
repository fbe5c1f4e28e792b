import pino, { type DestinationStream, type Logger } from 'pino';
import type { LogLevel } from '../config';

/** Credentials wherever a header object may stand in a log line. */
const SECRETS = ['authorization', 'cookie'].flatMap((name) => [name, `headers.${name}`, `*.headers.${name}`]);

/** The gateway's log: JSON lines, credentials blotted out, and nothing of what people sent. */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  return pino(
    { level, redact: SECRETS, serializers: { err: withoutData } },
    destination ?? pino.destination(1),
  );
}

interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly code: unknown;
  readonly stack: string | undefined;
  readonly cause?: LoggedError;
}

/** What finds a defect. Databases and GraphQL hang rows, parameters and documents on their errors: not those. */
function withoutData(error: unknown): LoggedError | unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack, cause } = error;
  const { code } = error as { code?: unknown };
  const logged: LoggedError = { type: error.constructor.name || name, message, code, stack };
  return cause instanceof Error ? { ...logged, cause: withoutData(cause) } : logged;
}
