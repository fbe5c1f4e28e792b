import { isIP } from 'node:net';
import { z } from 'zod';

/** The environment, checked: what every part of the gateway is configured by. */
export interface Config {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly dataDir: string;
  /** PostgreSQL; null: the embedded database in `dataDir`. */
  readonly databaseUrl: string | null;
  /** null: the default organization is open to whoever reaches the loopback. */
  readonly adminApiKey: string | null;
  /** Members per room before an overflow room opens; null: no limit. */
  readonly roomCapacity: number | null;
  /** Events kept per city. */
  readonly eventRetention: number;
  /** The largest data set that may be uploaded, in bytes and in rows. */
  readonly datasetMaxBytes: number;
  readonly datasetMaxRows: number;
  readonly logLevel: LogLevel;
}

export type LogLevel = (typeof LOG_LEVELS)[number];
export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment is not right; the message lists every problem, one a line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const KEY_LENGTH = 16;

const schema = z
  .object({
    HOST: z
      .string()
      .refine(isHost, 'must be a host name or an IP address, without a port or brackets')
      .default('127.0.0.1'),
    PORT: wholeNumber(0, 65_535, '(0: any free port)').default(4000),
    DATA_DIR: z.string().default('./data'),
    DATABASE_URL: z
      .string()
      .refine(isPostgresUrl, 'must be a PostgreSQL address: postgres://user:password@host:5432/database')
      .optional(),
    ADMIN_API_KEY: z
      .string()
      .min(KEY_LENGTH, `must have at least ${KEY_LENGTH} characters; "openssl rand -hex 32" makes a good one`)
      .regex(/^[\x21-\x7e]*$/, 'must be printable ASCII without spaces, to travel in a header')
      .optional(),
    ROOM_CAPACITY: wholeNumber(1, 1_000_000).optional(),
    EVENT_RETENTION: wholeNumber(1, 100_000_000).default(100_000),
    DATASET_MAX_BYTES: wholeNumber(1, 1e12).default(2 * 1024 ** 3),
    DATASET_MAX_ROWS: wholeNumber(1, 1e9).default(20_000_000),
    LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
    INFERENCE: z.literal('local', 'must be local: this version scores in its own process only').optional(),
    REDIS_URL: refused('this version runs as one process, without Redis'),
    AUTH_JWT_SECRET: refused('this version does not verify JWTs; set ADMIN_API_KEY'),
    AUTH_JWKS_URL: refused('this version does not verify JWTs; set ADMIN_API_KEY'),
  })
  .refine(({ HOST, ADMIN_API_KEY }) => isLoopback(HOST) || ADMIN_API_KEY !== undefined, {
    path: ['HOST'],
    error:
      'is reachable from elsewhere, and without a key everyone there would be its administrator: ' +
      'set ADMIN_API_KEY, or a loopback HOST (127.0.0.1, ::1, localhost)',
    when: () => true, // even when a variable is wrong: all problems are told at once
  });

/** @throws ConfigError that lists everything wrong at once. An empty variable counts as unset. */
export function loadConfig(environment: Environment): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([name, value]) => name in schema.shape && value?.trim()),
  );
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => describe(String(issue.path[0]), issue.message, given));
    throw new ConfigError(`The environment is not right:\n${lines.join('\n')}`);
  }
  const { data } = parsed;
  return {
    host: data.HOST,
    port: data.PORT,
    dataDir: data.DATA_DIR,
    databaseUrl: data.DATABASE_URL ?? null,
    adminApiKey: data.ADMIN_API_KEY ?? null,
    roomCapacity: data.ROOM_CAPACITY ?? null,
    eventRetention: data.EVENT_RETENTION,
    datasetMaxBytes: data.DATASET_MAX_BYTES,
    datasetMaxRows: data.DATASET_MAX_ROWS,
    logLevel: data.LOG_LEVEL,
  };
}

/** 127.0.0.0/8, ::1 or localhost. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host);
}

function wholeNumber(min: number, max: number, note = '') {
  return z
    .string()
    .refine(
      (text) => /^\d{1,15}$/.test(text) && Number(text) >= min && Number(text) <= max,
      `must be a whole number from ${min} to ${max} ${note}`.trim(),
    )
    .transform(Number);
}

/** A variable of the design that this version must not ignore in silence. */
function refused(reason: string) {
  return z.undefined(`is not supported: ${reason}`).optional();
}

function isHost(text: string): boolean {
  return (
    isIP(text) !== 0 || /^(?=.{1,253}$)[a-z\d]([a-z\d-]*[a-z\d])?(\.[a-z\d]([a-z\d-]*[a-z\d])?)*$/i.test(text)
  );
}

function isPostgresUrl(text: string): boolean {
  return /^postgres(ql)?:\/\//.test(text) && URL.canParse(text);
}

/** The value is shown where it helps; secrets are not. */
function describe(name: string, message: string, given: Environment): string {
  const isSecret = /KEY|SECRET|URL/.test(name);
  return isSecret || given[name] === undefined
    ? `- ${name} ${message}`
    : `- ${name} (now "${given[name]}") ${message}`;
}
