import { Readable } from 'node:stream';
import multipart, { type MultipartFile } from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Datasets } from '../datasets/datasets';
import { ClientError } from '../errors';
import type { AuditLog } from '../organizations/audit-log';
import { viewerOf } from './admission/access';
import { refuseSlowRequest } from './connections/refuse-connection';

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
      const silence = deadline(request);
      try {
        const { name, body } = await content(request);
        const branchId = parameter(request, 'branch') ?? null;
        const { organizationId, actor } = viewerOf(request);
        const upload = await datasets.upload(organizationId, { name, branchId, body });
        const { id: target, sha256 } = upload;
        const details = { name, branchId, sha256 };
        const { address } = request;
        await audit.append({ organizationId, actor, action: 'uploadDataset', target, details, address });
        return reply.code(202).send(upload);
      } catch (error) {
        throw BROKEN_OFF.has(codeOf(error)) ? brokenOff() : error;
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
  const parts = request.parts();
  const part = await firstFile(parts).catch((error: unknown) => {
    throw asFormError(error, request);
  });
  if (part === undefined)
    throw new ClientError('BAD_USER_INPUT', 'The form has no file: add the CSV as its one file');
  return { name: given ?? part.filename, body: Readable.from(onlyFile(part, parts, request)) };
}

type Parts = ReturnType<FastifyRequest['parts']>;

async function firstFile(parts: Parts): Promise<MultipartFile | undefined> {
  for (;;) {
    const { done, value } = await parts.next();
    if (done === true) return undefined;
    if (value.type === 'file') return value;
  }
}

/** The bytes of a file. What follows it is read too: a second file is refused, and not left out in silence. */
async function* onlyFile(
  { file }: MultipartFile,
  rest: Parts,
  request: FastifyRequest,
): AsyncGenerator<Buffer> {
  try {
    yield* file;
    for await (const _field of rest);
  } catch (error) {
    throw asFormError(error, request);
  }
}

/** What reading a form may fail with: it broke off, is none, or has too much in it. */
function asFormError(error: unknown, { raw }: FastifyRequest): ClientError {
  if (codeOf(error) === 'FST_FILES_LIMIT')
    return new ClientError('BAD_USER_INPUT', 'The form has several files: send each on its own');
  if (raw.destroyed && !raw.complete) return brokenOff();
  return new ClientError('BAD_USER_INPUT', `The form cannot be read: ${(error as Error).message}`);
}

/** What ends a body that does not come to its own end. */
const BROKEN_OFF = new Set(['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE']);

function brokenOff(): ClientError {
  return new ClientError('BAD_USER_INPUT', 'The upload broke off before its end');
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code);
}

/** @throws ClientError BAD_USER_INPUT when it stands more than once, or is not UTF-8. */
function parameter({ query, url }: FastifyRequest, name: string): string | undefined {
  const value = (query as Record<string, string | string[] | undefined>)[name];
  if (Array.isArray(value))
    throw new ClientError('BAD_USER_INPUT', `${name} stands more than once: give it once`);
  if (value !== undefined && !isDecodable(url))
    throw new ClientError('BAD_USER_INPUT', `${name} cannot be read: send UTF-8, percent-encoded`);
  return value;
}

function isDecodable(url: string): boolean {
  try {
    decodeURIComponent(url);
    return true;
  } catch {
    return false;
  }
}

/**
 * Ends an upload from which nothing comes any more. It looks at the connection: whoever listened to the body would set
 * it flowing, before anybody else is there to take it.
 */
function deadline({ raw }: FastifyRequest): { clear(): void } {
  const { socket } = raw;
  let read = socket.bytesRead;
  const timer = setInterval(() => {
    if (socket.bytesRead === read && !raw.complete) refuseSlowRequest(socket);
    read = socket.bytesRead;
  }, SILENCE_MS);
  return { clear: () => clearInterval(timer) };
}
