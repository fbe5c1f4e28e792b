import pino, { type DestinationStream, type Logger } from 'pino';
import type { LogLevel } from '../config';

/** Credentials wherever a header object may stand in a log line. */
const SECRETS = ['authorization', 'cookie'].flatMap((name) => [name, `headers.${name}`, `*.headers.${name}`]);

/** The gateway's log: JSON lines, credentials blotted out. */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  return pino({ level, redact: SECRETS }, destination ?? pino.destination(1));
}
