import type { FastifyInstance } from 'fastify';
import { ClientError } from '../errors';
import { parseJsonBody } from './json-body';

export interface ReplacedApiOptions {
  /** The keys of the default model's interests, in the model's order. */
  readonly vocabulary: readonly string[];
  readonly scoreOne: ScoreOne;
}

/**
 * Scores one row of the default model: its strongest segment counted from 0, −1 for an all-zero row.
 * @throws ClientError MODEL_UNAVAILABLE.
 */
type ScoreOne = (row: Float32Array) => Promise<{ readonly segment: number }>;

/**
 * `POST /cluster`, the API that this gateway replaces, unchanged for its callers: they send any
 * content type, from pages of any origin, and get a cluster even for someone without interests.
 * It stores nothing and asks for no credentials.
 */
export async function replacedApi(app: FastifyInstance, options: ReplacedApiOptions): Promise<void> {
  const { vocabulary, scoreOne } = options;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, parseJsonBody);
  app.addHook('onRequest', ({ method, headers }, reply, done) => {
    if (method === 'POST') headers['content-type'] = 'application/json'; // whatever they call it
    reply.header('access-control-allow-origin', '*');
    done();
  });

  app.options('/cluster', (_request, reply) => {
    reply
      .code(204)
      .headers({
        'access-control-allow-methods': 'POST, OPTIONS',
        'access-control-allow-headers': 'Content-Type, Authorization',
        'access-control-max-age': '86400',
      })
      .send();
  });

  app.post('/cluster', async ({ body }, reply) => {
    const { _id, interests } = readBody(body);
    const { segment } = await scoreOne(encode(interests, vocabulary));
    reply.type('application/json; charset=utf-8');
    // The replaced API never knew people without interests: they are in cluster 1.
    return `{"_id":${JSON.stringify(_id)},"cluster":${Math.max(0, segment) + 1}}`;
  });
}

type JsonObject = Readonly<Record<string, unknown>>;

function readBody(body: unknown): { _id: string | number; interests: JsonObject } {
  if (!isObject(body)) {
    throw new ClientError('BAD_USER_INPUT', 'The body must be a JSON object: {"_id", "interests": {…}}');
  }
  const { _id, interests } = body;
  if (typeof _id !== 'string' && typeof _id !== 'number') {
    throw new ClientError('BAD_USER_INPUT', `_id is ${shown(_id)}: it must be a string or a number`);
  }
  if (!isObject(interests)) {
    throw new ClientError(
      'BAD_USER_INPUT',
      `interests is ${shown(interests)}: it must be an object of booleans`,
    );
  }
  return { _id, interests };
}

function encode(interests: JsonObject, vocabulary: readonly string[]): Float32Array {
  const row = new Float32Array(vocabulary.length);
  vocabulary.forEach((key, column) => {
    const value = Object.hasOwn(interests, key) ? interests[key] : undefined;
    if (value === true || value === 1) row[column] = 1;
    else if (value !== false && value !== 0) {
      throw new ClientError(
        'BAD_USER_INPUT',
        `interests.${key} is ${shown(value)}: it must be true, false, 1 or 0`,
      );
    }
  });
  return row;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 80);
}
