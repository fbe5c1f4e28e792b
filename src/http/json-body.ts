import { isUtf8 } from 'node:buffer';
import type { FastifyRequest } from 'fastify';
import { ClientError } from '../errors';
import { HttpError } from './error-handler';

/** A content type parser of Fastify's: JSON in UTF-8, as RFC 8259 has it, and nothing else. */
export function parseJsonBody(
  request: FastifyRequest,
  body: Buffer,
  done: (error: Error | null, body?: unknown) => void,
): void {
  try {
    refuseOtherCharsets(request);
    done(null, parseJson(body));
  } catch (error) {
    done(error as Error);
  }
}

/** @throws ClientError BAD_USER_INPUT. */
function parseJson(body: Buffer): unknown {
  if (body.length === 0) throw new ClientError('BAD_USER_INPUT', 'The body is empty: send a JSON object');
  if (!isUtf8(body)) throw new ClientError('BAD_USER_INPUT', 'The body is not valid UTF-8');
  try {
    return JSON.parse(body.toString());
  } catch (error) {
    throw new ClientError('BAD_USER_INPUT', `The body is not valid JSON: ${(error as SyntaxError).message}`);
  }
}

function refuseOtherCharsets({ headers }: FastifyRequest): void {
  const charset = /;\s*charset="?([^\s";]+)/i.exec(headers['content-type'] ?? '')?.[1];
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
    throw new HttpError(415, 'BAD_USER_INPUT', `The charset is ${charset}: send the body in UTF-8`);
  }
}
