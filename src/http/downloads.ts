import type { FastifyInstance, FastifyReply } from 'fastify';
import { ClientError } from '../errors';
import { viewerOf } from './admission/access';
import { contentSecurityPolicy } from './pages/csp';

/** One file of an organization's; null: there is none of this id. */
type ReadFile<Content> = (organizationId: string, id: string) => Promise<Content | null>;

export interface DownloadsOptions {
  readonly downloads: {
    readonly model: ReadFile<Uint8Array>;
    readonly reportPage: ReadFile<string>;
    readonly reportTable: ReadFile<string>;
  };
}

/** `GET /models/{id}.onnx`, `GET /reports/{id}.html` and `GET /reports/{id}.csv`. */
export async function downloads(app: FastifyInstance, options: DownloadsOptions): Promise<void> {
  const { model, reportPage, reportTable } = options.downloads;

  const serve = <Content>(
    path: string,
    read: ReadFile<Content>,
    head: (reply: FastifyReply, id: string) => void,
  ) =>
    app.get<{ Params: { id: string } }>(path, async (request, reply) => {
      const {
        url,
        params: { id },
      } = request;
      const content = await read(viewerOf(request).organizationId, id);
      if (content === null) throw new ClientError('NOT_FOUND', `There is nothing at ${url.split('?', 1)[0]}`);
      head(reply, id);
      return reply.send(content);
    });

  serve('/models/:id.onnx', model, (reply, id) => {
    reply.type('application/octet-stream').header('content-disposition', `attachment; filename="${id}.onnx"`);
  });
  serve('/reports/:id.html', reportPage, (reply) => {
    reply.type('text/html; charset=utf-8').header('content-security-policy', PAGE_POLICY);
  });
  serve('/reports/:id.csv', reportTable, (reply, id) => {
    reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="report-${id}.csv"`);
  });
}

/** A report is one page: no script, and nothing from elsewhere. */
const PAGE_POLICY = contentSecurityPolicy({ 'style-src': "'unsafe-inline'", 'img-src': 'data:' });
