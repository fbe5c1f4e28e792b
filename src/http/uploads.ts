import type { Readable } from 'node:stream';
import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Datasets } from '../datasets/datasets';
import { ClientError } from '../errors';
import { viewerOf } from './access';
import { HttpError } from './error-handler';

export interface UploadsOptions {
  readonly datasets: Pick<Datasets, 'upload'>;
}

/** An upload may take as long as it likes, as long as something comes. */
const SILENCE_MS = 30_000;

/** `POST /datasets?name=`: a CSV as the raw body, or as the one file of a multipart form. */
export async function uploads(app: FastifyInstance, { datasets }: UploadsOptions): Promise<void> {
  app.removeAllContentTypeParsers();
  await app.register(multipart, {
    limits: { files: 1, fields: 10, fieldSize: 1_000, parts: 11, fileSize: Infinity },
  });
  app.addContentTypeParser('*', (_request, body, done) => done(null, body));

  app.post(
    '/datasets',
    { config: { ownDeadline: true }, bodyLimit: Number.MAX_SAFE_INTEGER },
    async (request, reply) => {
      const { name, body } = await content(request);
      const silence = deadline(request);
      try {
        const upload = await datasets.upload(viewerOf(request).organizationId, name, body);
        return reply.code(202).send(upload);
      } finally {
        silence.clear();
      }
    },
  );
}

async function content(request: FastifyRequest): Promise<{ name: string; body: Readable }> {
  const given = (request.query as { name?: string | string[] }).name;
  if (Array.isArray(given))
    throw new ClientError('BAD_USER_INPUT', 'name stands more than once: give it once');
  if (!request.isMultipart()) {
    if (given === undefined)
      throw new ClientError('BAD_USER_INPUT', 'The data set has no name: POST /datasets?name=survey');
    if (request.body === undefined || request.body === null)
      throw new ClientError('BAD_USER_INPUT', 'The body is empty: send the CSV file as the body');
    return { name: given, body: request.body as Readable };
  }
  const part = await request.file();
  if (part === undefined)
    throw new ClientError('BAD_USER_INPUT', 'The form has no file: add the CSV as its one file');
  return { name: given ?? part.filename, body: part.file };
}

/** Ends an upload from which nothing comes any more. */
function deadline({ raw }: FastifyRequest): { clear(): void } {
  const timer = setTimeout(
    () => raw.destroy(new HttpError(408, 'BAD_USER_INPUT', `Nothing came for ${SILENCE_MS / 1000} seconds`)),
    SILENCE_MS,
  );
  const refresh = () => timer.refresh();
  raw.on('data', refresh);
  return {
    clear() {
      clearTimeout(timer);
      raw.off('data', refresh);
    },
  };
}
