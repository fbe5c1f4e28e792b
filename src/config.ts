import { z } from 'zod';
import type { JwtClaims, JwtKeys } from './auth/jwt-verifier';
import { isAddressRange, isHost, isLoopback, isOrigin } from './hosts';
import { DURABILITIES, type Durability } from './storage/durability';

/** The environment, checked: what every part of the gateway is configured by. */
export interface Config {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly dataDir: string;
  /** PostgreSQL; null: the embedded database in `dataDir`. */
  readonly databaseUrl: string | null;
  /** What is answered survives a power cut, or the end of the process only: of what is kept in `dataDir`. */
  readonly durability: Durability;
  /** With less free on the disk of `dataDir`, nothing is written there. */
  readonly diskReserveBytes: number;
  /** Of role ADMIN for the default organization; null: only keys in the database are. */
  readonly adminApiKey: string | null;
  /** What members' tokens are verified by; null: none are taken. */
  readonly jwtKeys: JwtKeys | null;
  /** What else those tokens must say. */
  readonly jwtClaims: JwtClaims;
  /** Host names, beside the loopback's, under which an open gateway answers. */
  readonly allowedHosts: readonly string[];
  /** Origins of pages, beside its own, that an open gateway answers. */
  readonly allowedOrigins: readonly string[];
  /** Addresses, and ranges of them, of the proxies whose word counts on where a request comes from. */
  readonly trustedProxies: readonly string[];
  /** Whether the schema may be explored: introspection, Apollo Sandbox, GraphiQL. */
  readonly explorer: boolean;
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
/** Fewer, and there would be nearly as many rooms as members. */
export const LEAST_ROOM_CAPACITY = 10;
const SECRET_BYTES = 32;
const OPEN_TO_ALL =
  'is reachable from elsewhere, and without a key everyone there would be its administrator: ' +
  'set ADMIN_API_KEY, or a loopback HOST (127.0.0.1, ::1, localhost); ' +
  'or make a key in the database first: tertulia key create --role ADMIN --label <label>';

const NO_TOKENS = 'needs AUTH_JWT_SECRET or AUTH_JWKS_URL: without one of them no tokens are accepted';

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
    DURABILITY: z.enum(DURABILITIES, `must be one of ${DURABILITIES.join(', ')}`).default('power'),
    DISK_RESERVE_BYTES: wholeNumber(0, 1e12).default(64 * 1024 ** 2),
    ADMIN_API_KEY: z
      .string()
      .min(KEY_LENGTH, `must have at least ${KEY_LENGTH} characters; "openssl rand -hex 32" makes a good one`)
      .regex(/^[\x21-\x7e]*$/, 'must be printable ASCII without spaces, to travel in a header')
      .optional(),
    ROOM_CAPACITY: wholeNumber(LEAST_ROOM_CAPACITY, 1_000_000).optional(),
    EVENT_RETENTION: wholeNumber(1, 100_000_000).default(100_000),
    DATASET_MAX_BYTES: wholeNumber(1, 1e12).default(2 * 1024 ** 3),
    DATASET_MAX_ROWS: wholeNumber(1, 1e9).default(20_000_000),
    LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
    INFERENCE: z.literal('local', 'must be local: this version scores in its own process only').optional(),
    REDIS_URL: refused('this version runs as one process, without Redis'),
    AUTH_JWT_SECRET: z
      .string()
      .refine(
        (secret) => Buffer.byteLength(secret) >= SECRET_BYTES,
        `must have at least ${SECRET_BYTES} bytes; "openssl rand -hex 32" makes a good one`,
      )
      .optional(),
    AUTH_JWKS_URL: z
      .string()
      .refine(isSafeUrl, 'must be an https address (http only on the loopback) of a JSON Web Key Set')
      .optional(),
    AUTH_JWT_ISSUER: z.string().optional(),
    AUTH_JWT_AUDIENCE: z.string().optional(),
    AUTH_JWT_MAX_LIFETIME: duration().default(24 * 3600),
    ALLOWED_HOSTS: list(
      isHost,
      'must list host names or IP addresses, without ports: 10.0.2.2, gateway.test',
    ),
    ALLOWED_ORIGINS: list(
      isOrigin,
      'must list origins as browsers write them, without a path: http://localhost:5173, https://app.example',
    ),
    TRUSTED_PROXIES: list(isAddressRange, 'must list IP addresses or ranges: 10.0.0.7, 192.168.0.0/16'),
    EXPLORER: z.enum(['true', 'false'], 'must be true or false').optional(),
    NODE_ENV: z.string().optional(),
  })
  .refine(({ AUTH_JWT_SECRET, AUTH_JWKS_URL }) => !AUTH_JWT_SECRET || !AUTH_JWKS_URL, {
    path: ['AUTH_JWKS_URL'],
    error: "must not be set together with AUTH_JWT_SECRET: members' tokens are verified by one of them",
    when: () => true,
  })
  .refine((given) => !given.AUTH_JWT_ISSUER || verifiesTokens(given), {
    path: ['AUTH_JWT_ISSUER'],
    error: NO_TOKENS,
    when: () => true,
  })
  .refine((given) => !given.AUTH_JWT_AUDIENCE || verifiesTokens(given), {
    path: ['AUTH_JWT_AUDIENCE'],
    error: NO_TOKENS,
    when: () => true,
  });

/** @throws ConfigError that lists everything wrong at once. An empty variable counts as unset. */
export function loadConfig(environment: Environment): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([name, value]) => name in schema.shape && value?.trim()),
  );
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => describe(String(issue.path[0]), issue.message, given));
    // Alone it would be no problem yet, for the database may hold a key: but all problems are told at once.
    if (mayBeOpenToAll(given)) lines.push(describe('HOST', OPEN_TO_ALL, given));
    throw wrong(lines);
  }
  const { data } = parsed;
  return {
    host: data.HOST,
    port: data.PORT,
    dataDir: data.DATA_DIR,
    databaseUrl: data.DATABASE_URL ?? null,
    durability: data.DURABILITY,
    diskReserveBytes: data.DISK_RESERVE_BYTES,
    adminApiKey: data.ADMIN_API_KEY ?? null,
    jwtKeys: jwtKeys(data),
    jwtClaims: {
      issuer: data.AUTH_JWT_ISSUER ?? null,
      audience: data.AUTH_JWT_AUDIENCE ?? null,
      maxLifetimeS: data.AUTH_JWT_MAX_LIFETIME,
    },
    allowedHosts: data.ALLOWED_HOSTS,
    allowedOrigins: data.ALLOWED_ORIGINS,
    trustedProxies: data.TRUSTED_PROXIES,
    explorer: data.EXPLORER === undefined ? data.NODE_ENV !== 'production' : data.EXPLORER === 'true',
    roomCapacity: data.ROOM_CAPACITY ?? null,
    eventRetention: data.EVENT_RETENTION,
    datasetMaxBytes: data.DATASET_MAX_BYTES,
    datasetMaxRows: data.DATASET_MAX_ROWS,
    logLevel: data.LOG_LEVEL,
  };
}

interface JwtVariables {
  readonly AUTH_JWT_SECRET?: string | undefined;
  readonly AUTH_JWKS_URL?: string | undefined;
}

function verifiesTokens({ AUTH_JWT_SECRET, AUTH_JWKS_URL }: JwtVariables): boolean {
  return Boolean(AUTH_JWT_SECRET || AUTH_JWKS_URL);
}

function jwtKeys({ AUTH_JWT_SECRET, AUTH_JWKS_URL }: JwtVariables): JwtKeys | null {
  if (AUTH_JWT_SECRET !== undefined) return { secret: AUTH_JWT_SECRET };
  return AUTH_JWKS_URL === undefined ? null : { jwksUrl: AUTH_JWKS_URL };
}

/**
 * @param open nobody has credentials yet, so who reaches the gateway is its administrator.
 * @throws ConfigError when it would be reached from elsewhere.
 */
export function checkHost(host: string, open: boolean): void {
  if (!open || isLoopback(host)) return;
  throw wrong([describe('HOST', OPEN_TO_ALL, { HOST: host })]);
}

function mayBeOpenToAll({ HOST, ADMIN_API_KEY, AUTH_JWT_SECRET, AUTH_JWKS_URL }: Environment): boolean {
  if (HOST === undefined || !isHost(HOST) || isLoopback(HOST)) return false;
  return [ADMIN_API_KEY, AUTH_JWT_SECRET, AUTH_JWKS_URL].every((credentials) => credentials === undefined);
}

function wrong(lines: readonly string[]): ConfigError {
  return new ConfigError(`The environment is not right:\n${lines.join('\n')}`);
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

/** Several values, separated by commas; unset: none. */
function list(isRight: (item: string) => boolean, message: string) {
  return z
    .string()
    .default('')
    .transform((text) => text.split(/[\s,]+/).filter((item) => item !== ''))
    .refine((items) => items.every(isRight), message);
}

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** A number of seconds, written with its unit. */
function duration() {
  return z
    .string()
    .regex(/^[1-9]\d{0,5}[smhd]$/, 'must be a number and a unit, s, m, h or d: 24h, 90m')
    .transform((text) => Number(text.slice(0, -1)) * SECONDS[text.slice(-1) as keyof typeof SECONDS]);
}

/** A variable of the design that this version must not ignore in silence. */
function refused(reason: string) {
  return z.undefined(`is not supported: ${reason}`).optional();
}

function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname.replace(/^\[|\]$/g, '')));
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
