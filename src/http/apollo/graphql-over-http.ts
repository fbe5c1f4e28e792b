import { ApolloServer, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import { ClientError } from '../../errors';
import type { DocumentStore } from '../../graphql/documents/document-store';
import type { FairQueue } from '../../graphql/documents/fair-queue';
import type { FormatError } from '../../graphql/format-error';
import { identityOf } from '../../viewer';
import { viewerOf } from '../admission/access';
import type { Authenticate } from '../admission/authenticate';
import type { CrossOrigin } from '../admission/cross-origin';
import { parseJsonBody } from '../json-body';
import { sendSandbox, wantsPage } from '../pages/sandbox';
import { executorGateway } from './executor-gateway';
import { FormattedError } from './formatted-error';
import { legacyStatus } from './legacy-status';
import { readDocuments } from './read-documents';
import { reportDefect } from './report-defect';
import type { RequestContext } from './request-context';

/** A plain object: Apollo copies its properties for every request. */
type CreateContext = (identity: RequestContext) => RequestContext;

export interface GraphqlOptions {
  readonly schema: GraphQLSchema;
  readonly documents: DocumentStore;
  readonly authenticate: Authenticate;
  readonly crossOrigin: CrossOrigin;
  readonly createContext: CreateContext;
  readonly formatError: FormatError;
  readonly logger: Logger;
  /** Whether the schema may be explored: introspection, Apollo Sandbox, GraphiQL. */
  readonly explorer: boolean;
}

/** `POST /graphql` and `GET /graphql?query=`: GraphQL over HTTP, by Apollo Server, whose documents our own store reads and our own executor runs. */
export async function graphqlOverHttp(app: FastifyInstance, options: GraphqlOptions): Promise<void> {
  const { authenticate, crossOrigin, createContext, explorer, documents } = options;
  const apollo = createApolloServer(options);
  await apollo.start();
  app.addHook('onClose', () => apollo.stop());
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, parseInTurn(documents.turns));

  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    // Before anything of the body is read: strangers have nothing parsed.
    async onRequest(request) {
      if (explorer && wantsPage(request)) return;
      const { headers, address } = request;
      request.viewer = await crossOrigin.admit(await authenticate(headers.authorization, address), headers);
    },
    async handler(request, reply) {
      if (explorer && wantsPage(request)) return sendSandbox(reply);
      const response = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: {
          method: request.method,
          headers: headersOf(request),
          search: request.method === 'GET' ? searchOf(request) : '',
          body: request.body,
        },
        context: async () =>
          createContext({ viewer: viewerOf(request), requestId: request.id, address: request.address }),
      });
      for (const [name, value] of response.headers) reply.header(name, value);
      reply.code(response.status ?? 200);
      // No schema of this gateway streams parts of an answer: it is one string.
      return (response.body as { string: string }).string;
    },
  });
}

/** Larger bodies take turns with other clients before they are parsed: 256 KiB take some milliseconds. */
const LARGE_BODY = 16 * 1024;

function parseInTurn(turns: FairQueue): typeof parseJsonBody {
  return (request, body, done) => {
    const wait =
      body.length > LARGE_BODY ? turns.take(identityOf(viewerOf(request)), body.length / 64) : undefined;
    if (wait) void wait.then(() => parseJsonBody(request, body, done));
    else parseJsonBody(request, body, done);
  };
}

function createApolloServer({
  schema,
  documents,
  formatError,
  logger,
  explorer,
}: GraphqlOptions): ApolloServer<RequestContext> {
  return new ApolloServer<RequestContext>({
    gateway: executorGateway(schema, formatError, documents.turns),
    documentStore: null,
    formatError: (formatted, error) => (error instanceof FormattedError ? formatted : formatError(error)),
    introspection: explorer,
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    stringifyResult: JSON.stringify,
    logger,
    plugins: [
      readDocuments(documents, formatError),
      legacyStatus,
      reportDefect(formatError),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
}

/** The headers that Apollo Server looks at. Of a POST Fastify has checked that it is JSON. */
function headersOf({ method, headers }: FastifyRequest): HeaderMap {
  const { accept } = headers;
  if (method === 'POST') {
    if (accept === undefined || accept === '*/*') return JSON_POST;
    return new HeaderMap([...JSON_POST, ['accept', accept]]);
  }
  const map = new HeaderMap();
  for (const name of ['accept', 'content-type', 'apollo-require-preflight', 'x-apollo-operation-name']) {
    const value = headers[name];
    if (typeof value === 'string') map.set(name, value);
  }
  // A browser says when another site's page makes it send a GET; Apollo Server then wants proof of a
  // preflight, as it would from everyone.
  if (OWN_PAGES.includes(headers['sec-fetch-site'])) map.set('apollo-require-preflight', 'true');
  return map;
}

const JSON_POST = new HeaderMap([['content-type', 'application/json']]);
const OWN_PAGES: readonly unknown[] = [undefined, 'same-origin', 'none'];

/** @throws ClientError when the query string is not percent-encoded UTF-8. */
function searchOf({ url }: FastifyRequest): string {
  const start = url.indexOf('?');
  const search = start === -1 ? '' : url.slice(start);
  try {
    decodeURIComponent(search);
  } catch {
    throw new ClientError('BAD_USER_INPUT', 'The query string is not percent-encoded UTF-8');
  }
  return search;
}
