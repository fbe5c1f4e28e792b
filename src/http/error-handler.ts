import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { ClientError, ERROR_STATUS, type ErrorCode } from '../errors';

/** An error that has an HTTP status of its own, where its code's usual one would say less. */
export class HttpError extends ClientError {
  constructor(
    readonly status: number,
    code: ErrorCode,
    message: string,
  ) {
    super(code, message);
  }
}

export function statusOf(error: ClientError): number {
  return error instanceof HttpError ? error.status : ERROR_STATUS[error.extensions.code];
}

/** The headers that an error comes with. */
export function headersOfError(error: ClientError): Record<string, string> {
  const { retryAfter } = error.extensions;
  return {
    ...(statusOf(error) === 401 && { 'www-authenticate': 'Bearer' }),
    ...(typeof retryAfter === 'number' && { 'retry-after': String(retryAfter) }),
  };
}

type HandleError = (error: unknown, request: FastifyRequest, reply: FastifyReply) => void;

/**
 * Answers every error that a route throws with a code: `{"error": {"code", "message", …}}`, on
 * /graphql `{"errors": [{"message", "extensions": {"code", …}}]}`. What is not meant for the client
 * is logged whole, and masked in the answer but for the request id.
 */
export function createErrorHandler(logger: Logger): HandleError {
  return (error, request, reply) => {
    const told = meantForClient(error, request);
    if (told === undefined) {
      logger.error(
        { err: error, requestId: request.id, route: request.routeOptions.url },
        'A request met a defect',
      );
    }
    const status = told === undefined ? 500 : statusOf(told);
    const message = told?.message ?? `Internal server error (request ${request.id})`;
    const extensions = told?.extensions ?? { code: 'INTERNAL_SERVER_ERROR', requestId: request.id };
    if (told !== undefined) reply.headers(headersOfError(told));
    const isGraphql = request.routeOptions.url === '/graphql';
    reply
      .code(status)
      .header('content-type', 'application/json; charset=utf-8')
      .send(isGraphql ? { errors: [{ message, extensions }] } : { error: { ...extensions, message } });
  };
}

function meantForClient(error: unknown, request: FastifyRequest): ClientError | undefined {
  if (error instanceof ClientError) return error;
  const { code, statusCode, message } = error as Partial<FastifyError>;
  if (statusCode === undefined || statusCode < 400 || statusCode >= 500) return undefined;
  return new HttpError(statusCode, 'BAD_USER_INPUT', explain(code, request) ?? String(message));
}

/** Fastify says what is wrong; where that is not enough, this says what would be right. */
function explain(code: string | undefined, request: FastifyRequest): string | undefined {
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return `The body is larger than ${request.routeOptions.bodyLimit} bytes, the limit`;
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return `The content type is ${JSON.stringify(request.headers['content-type'] ?? '')}: send application/json, in UTF-8`;
    default:
      return undefined;
  }
}
