import type { Readable } from 'node:stream';
import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Datasets } from '../datasets/datasets';
import { ClientError } from '../errors';
import type { AuditLog } from '../organizations/audit-log';
import { viewerOf } from './access';
import { HttpError } from './error-handler';

export interface UploadsOptions {
  readonly datasets: Pick<Datasets, 'upload'>;
  readonly audit: Pick<AuditLog, 'append'>;
}

/** An upload may take as long as it likes, as long as something comes. */
const SILENCE_MS = 30_000;

/** `POST /datasets?name=&branch=`: a CSV as the raw body, or as the one file of a multipart form. */
export async function uploads(app: FastifyInstance, { datasets, audit }: UploadsOptions): Promise<void> {
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
      const branchId = parameter(request, 'branch') ?? null;
      const { organizationId, actor } = viewerOf(request);
      const silence = deadline(request);
      try {
        const upload = await datasets.upload(organizationId, { name, branchId, body });
        const { id: target, sha256 } = upload;
        const details = { name, branchId, sha256 };
        const address = request.ip;
        await audit.append({ organizationId, actor, action: 'uploadDataset', target, details, address });
        return reply.code(202).send(upload);
      } finally {
        silence.clear();
      }
    },
  );
}

async function content(request: FastifyRequest): Promise<{ name: string; body: Readable }> {
  const given = parameter(request, 'name');
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

/** @throws ClientError BAD_USER_INPUT when it stands more than once. */
function parameter({ query }: FastifyRequest, name: string): string | undefined {
  const value = (query as Record<string, string | string[] | undefined>)[name];
  if (Array.isArray(value))
    throw new ClientError('BAD_USER_INPUT', `${name} stands more than once: give it once`);
  return value;
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
