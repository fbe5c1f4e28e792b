import { ApolloServer, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import { ClientError } from '../errors';
import type { Viewer } from '../viewer';
import type { Authenticate } from './authenticate';
import { compilingGateway, FormattedError } from './compiling-gateway';
import type { CrossOrigin } from './cross-origin';
import { limitDocument, MAX_TOKENS } from './document-limits';
import { DocumentStore } from './document-store';
import { headersOfError, statusOf } from './error-handler';
import type { FormatError } from './format-error';
import { parseJsonBody } from './json-body';
import { legacyStatus } from './legacy-status';
import { sendSandbox, wantsPage } from './pages/sandbox';
import { tellDefect } from './tell-defect';

/** What every resolver's context has: who asks, from where, and under which id the log knows the request. */
export interface RequestContext {
  readonly viewer: Viewer;
  readonly requestId: string;
  readonly address: string;
}

/** A plain object: Apollo copies its properties for every request. */
type CreateContext = (identity: RequestContext) => RequestContext;

export interface GraphqlOptions {
  readonly schema: GraphQLSchema;
  readonly authenticate: Authenticate;
  readonly crossOrigin: CrossOrigin;
  readonly createContext: CreateContext;
  readonly formatError: FormatError;
  readonly logger: Logger;
  /** Whether the schema may be explored: introspection, Apollo Sandbox, GraphiQL. */
  readonly explorer: boolean;
}

/** `POST /graphql` and `GET /graphql?query=`: GraphQL over HTTP, by Apollo Server on compiled documents. */
export async function graphqlOverHttp(app: FastifyInstance, options: GraphqlOptions): Promise<void> {
  const { authenticate, crossOrigin, createContext, explorer } = options;
  const apollo = createApolloServer(options);
  await apollo.start();
  app.addHook('onClose', () => apollo.stop());
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, parseJsonBody);

  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    async handler(request, reply) {
      if (explorer && wantsPage(request)) return sendSandbox(reply);
      const response = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: {
          method: request.method,
          headers: headersOf(request),
          search: request.method === 'GET' ? searchOf(request) : '',
          body: request.body,
        },
        context: async () => {
          try {
            const { headers, ip: address, id: requestId } = request;
            const viewer = await authenticate(headers.authorization, address);
            await crossOrigin.admit(viewer, headers);
            return createContext({ viewer, requestId, address });
          } catch (error) {
            throw withStatus(error);
          }
        },
      });
      for (const [name, value] of response.headers) reply.header(name, value);
      reply.code(response.status ?? 200);
      // No schema of this gateway streams parts of an answer: it is one string.
      return (response.body as { string: string }).string;
    },
  });
}

function createApolloServer({
  schema,
  formatError,
  logger,
  explorer,
}: GraphqlOptions): ApolloServer<RequestContext> {
  return new ApolloServer<RequestContext>({
    gateway: compilingGateway(schema, formatError),
    documentStore: new DocumentStore(),
    validationRules: [limitDocument()],
    // Who may not explore the schema is not told its names one by one either.
    validationOptions: { maxErrors: 20, hideSuggestions: !explorer },
    parseOptions: { maxTokens: MAX_TOKENS },
    formatError: (formatted, error) => (error instanceof FormattedError ? formatted : formatError(error)),
    introspection: explorer,
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    stringifyResult: JSON.stringify,
    logger,
    plugins: [
      legacyStatus,
      tellDefect(formatError),
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

/** The error for Apollo Server, which takes the HTTP status from where it says. */
function withStatus(error: unknown): unknown {
  if (!(error instanceof ClientError)) return error;
  const status = statusOf(error);
  const headers = new HeaderMap(Object.entries(headersOfError(error)));
  return new GraphQLError(error.message, { originalError: error, extensions: { http: { status, headers } } });
}
