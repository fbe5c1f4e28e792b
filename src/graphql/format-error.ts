import { randomUUID } from 'node:crypto';
import { GraphQLError, type GraphQLFormattedError, Kind } from 'graphql';
import type { Logger } from 'pino';
import { ClientError, ERROR_STATUS, type ErrorCode } from '../errors';
import type { Metrics } from '../metrics';
import { locationsOf } from './documents/document-lines';

/**
 * From anything thrown or reported while a document was read or run, to what its sender is told.
 * @param requestId under which a defect is logged; made up where there is no HTTP request.
 */
export type FormatError = (error: unknown, requestId?: string) => GraphQLFormattedError;

/** Codes that errors of libraries may carry, and what they are here. Defects carry none that is told. */
const CODES: ReadonlyMap<unknown, ErrorCode> = new Map<string, ErrorCode>([
  ...(Object.keys(ERROR_STATUS) as ErrorCode[])
    .filter((code) => code !== 'INTERNAL_SERVER_ERROR')
    .map((code) => [code, code] as const),
  ['UNAUTHORIZED', 'FORBIDDEN'], // type-graphql: known, but not allowed
  ['BAD_REQUEST', 'BAD_USER_INPUT'],
  ['GRAPHQL_PARSE_FAILED', 'BAD_USER_INPUT'],
  ['GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT'],
  ['OPERATION_RESOLUTION_FAILURE', 'BAD_USER_INPUT'],
  ['PERSISTED_QUERY_NOT_FOUND', 'BAD_USER_INPUT'],
  ['PERSISTED_QUERY_NOT_SUPPORTED', 'BAD_USER_INPUT'],
]);

/**
 * One formatter for HTTP and WebSockets. Errors meant for the client keep message, code and details;
 * those of GraphQL's own parsing, validation and coercion become BAD_USER_INPUT; everything else is a
 * defect: logged whole, and masked for the client but for the request id that finds it in the log.
 */
export function createFormatError(logger: Logger, metrics: Metrics): FormatError {
  return (error, requestId = randomUUID()) => {
    const chain = causes(error);
    const { path } = error instanceof GraphQLError ? error : {};
    const locations = error instanceof GraphQLError ? locationsOf(error) : undefined;
    const place = { ...(locations && { locations }), ...(path && { path }) };
    const told = tellClient(chain);
    metrics.graphqlErrors.inc({ code: told?.code ?? 'INTERNAL_SERVER_ERROR' });
    if (told !== undefined) return { message: told.message, ...place, extensions: told.extensions };

    logger.error({ err: chain.at(-1), requestId, path }, 'A request met a defect');
    return {
      message: `Internal server error (request ${requestId})`,
      ...place,
      extensions: { code: 'INTERNAL_SERVER_ERROR', requestId },
    };
  };
}

/** Characters of a message that quotes its sender. */
const MAX_MESSAGE = 1_000;

interface Told {
  readonly code: ErrorCode;
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** undefined: nothing, the error is a defect. */
function tellClient(chain: readonly unknown[]): Told | undefined {
  const clientError = chain.find((error) => error instanceof ClientError);
  if (clientError !== undefined) {
    const { message, extensions } = clientError;
    return { code: extensions.code, message, extensions };
  }
  const [first] = chain;
  if (!(first instanceof GraphQLError)) return undefined;
  const tokens = /more tha[nt] (\d+) tokens/.exec(first.message)?.[1];
  if (tokens !== undefined && first.path === undefined) {
    return coded(
      'TOO_COMPLEX',
      `The document has more than ${tokens} tokens, the limit: ask for less at once`,
    );
  }
  const code = codeOf(chain) ?? (isRequestError(first, chain) ? 'BAD_USER_INPUT' : undefined);
  return code && coded(code, shorten(first.message));
}

/** graphql-js prints what is wrong whole, however long, and once for each thing that is wrong with it. */
function shorten(message: string): string {
  return message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message;
}

function coded(code: ErrorCode, message: string): Told {
  return { code, message, extensions: { code } };
}

/** The code nearest to the cause: Apollo wraps validation errors and puts its own code on top. */
function codeOf(chain: readonly unknown[]): ErrorCode | undefined {
  return chain
    .filter((error) => error instanceof GraphQLError)
    .map(({ extensions: { code } }) => CODES.get(code))
    .findLast((code) => code !== undefined);
}

/** Whether GraphQL itself complains about the document or its variables, before or without running a resolver. */
function isRequestError(error: GraphQLError, chain: readonly unknown[]): boolean {
  const isGraphqlsOwn = chain.every((cause) => cause instanceof GraphQLError);
  if (error.path !== undefined) return isGraphqlsOwn && error.message.startsWith('Argument "');
  return isGraphqlsOwn || error.nodes?.[0]?.kind === Kind.VARIABLE_DEFINITION || error.source !== undefined;
}

/** The error and what it wraps, outermost first. */
function causes(error: unknown): unknown[] {
  const inner = error instanceof GraphQLError ? error.originalError : undefined;
  return inner === undefined || inner === error ? [error] : [error, ...causes(inner)];
}
