import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import {
  GraphQLError,
  GraphQLID,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLString,
} from 'graphql';
import { ApiKeyStore } from '../../src/auth/api-key-store';
import { ClientError } from '../../src/errors';
import { DocumentStore } from '../../src/graphql/documents/document-store';
import { createFormatError } from '../../src/graphql/format-error';
import { Credentials } from '../../src/http/admission/credentials';
import { CrossOrigin } from '../../src/http/admission/cross-origin';
import { createOpenGuard, type OpenGuardOptions } from '../../src/http/admission/open-guard';
import { createClientAddresses } from '../../src/http/connections/client-address';
import { connectionLimits } from '../../src/http/connections/connection-limits';
import { createLogger } from '../../src/http/logger';
import { createHttpServer, type HttpServerOptions } from '../../src/http/server';
import { Metrics } from '../../src/metrics';
import { AddressLimits } from '../../src/rate-limits/address-limits';
import type { Access, Database } from '../../src/storage/database';

/** One gateway on a small schema, with what it has logged. */
export interface Gateway {
  readonly app: FastifyInstance;
  readonly metrics: Metrics;
  /** Log lines, parsed. */
  readonly log: readonly Record<string, unknown>[];
}

export const ADMIN_KEY = 'a-key-of-enough-characters';

/** No keys, whoever asks. */
const access: Access = {
  query: async () => [],
  call: async () => {
    throw new Error('No test here runs a procedure');
  },
};
const withoutRows: Database = {
  concurrency: 1,
  scope: () => access,
  system: access,
  close: async () => undefined,
};

const opened: FastifyInstance[] = [];

/** What an open gateway answers beside itself. */
type Allowed = Partial<Pick<OpenGuardOptions, 'allowedHosts' | 'allowedOrigins'>>;

/** Builds a gateway that is closed after the test. */
export async function build(
  options: Partial<HttpServerOptions> = {},
  adminApiKey: string | null = null,
  { allowedHosts = [], allowedOrigins = [] }: Allowed = {},
): Promise<Gateway> {
  const log: Record<string, unknown>[] = [];
  const logger = createLogger('debug', { write: (line: string) => void log.push(JSON.parse(line)) });
  const metrics = new Metrics();
  const { authenticate, openness } = await Credentials.open({
    store: new ApiKeyStore(withoutRows),
    adminApiKey,
    jwtKeys: null,
    jwtClaims: { issuer: null, audience: null, maxLifetimeS: 86_400 },
    organizationExists: async () => true,
    onError: (error) => logger.error(error),
  });
  const app = await createHttpServer({
    schema: smallSchema,
    documents: new DocumentStore({
      schema: options.schema ?? smallSchema,
      explorer: options.explorer ?? true,
    }),
    authenticate,
    crossOrigin: new CrossOrigin({
      openness,
      organizations: { isListed: async () => false, lists: async () => false },
    }),
    audit: { append: async () => undefined },
    guardOpen: createOpenGuard({ openness, allowedHosts, allowedOrigins }),
    addresses: new AddressLimits(),
    clientAddresses: createClientAddresses([]),
    connections: connectionLimits(Infinity),
    explorer: true,
    formatError: createFormatError(logger, metrics),
    createContext: (identity) => identity,
    vocabulary: ['climbing', 'surf', 'cooking', 'wine'],
    scoreOne: async (row) => ({ segment: row.indexOf(1) }),
    checks: {},
    downloads: { model: async () => null, reportPage: async () => null, reportTable: async () => null },
    datasets: {
      upload: async () => {
        throw new Error('No test here uploads');
      },
    },
    drawHeatmap: () => '<svg xmlns="http://www.w3.org/2000/svg"/>',
    logger,
    metrics,
    ...options,
  });
  opened.push(app);
  return { app, metrics, log };
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((app) => app.close()));
});

export async function listen(app: FastifyInstance): Promise<number> {
  await app.listen({ host: '127.0.0.1', port: 0 });
  return (app.server.address() as AddressInfo).port;
}

/** Sends a GraphQL request as clients of today do. */
export async function ask(app: FastifyInstance, body: unknown, headers: Record<string, string> = {}) {
  const response = await app.inject({
    method: 'POST',
    url: '/graphql',
    headers: { 'content-type': 'application/json', ...headers },
    payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  });
  return { status: response.statusCode, headers: response.headers, body: response.json() };
}

const Even = new GraphQLScalarType({
  name: 'Even',
  parseValue(value) {
    if (typeof value === 'number' && value % 2 === 0) return value;
    throw new TypeError(`${String(value)} is not even`);
  },
});

const Person: GraphQLObjectType = new GraphQLObjectType({
  name: 'Person',
  fields: () => ({
    name: { type: new GraphQLNonNull(GraphQLString) },
    nothing: { type: new GraphQLNonNull(GraphQLString), resolve: () => null },
    friends: {
      type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(Person))),
      args: { first: { type: GraphQLInt, defaultValue: 50 } },
      resolve: (_person, { first }: { first: number }) =>
        Array.from({ length: Math.min(first, 3) }, (_, index) => ({ name: `friend ${index}` })),
    },
  }),
});

const GreetInput = new GraphQLInputObjectType({
  name: 'GreetInput',
  fields: {
    name: { type: new GraphQLNonNull(GraphQLString) },
    times: { type: GraphQLInt, defaultValue: 1 },
    even: { type: Even },
  },
});

export const smallSchema = new GraphQLSchema({
  query: new GraphQLObjectType({
    name: 'Query',
    fields: {
      hello: { type: GraphQLString, resolve: () => 'hello' },
      whoAmI: {
        type: GraphQLString,
        resolve: (_root, _args, { viewer }) => `${viewer.role} of ${viewer.organizationId}`,
      },
      requestId: { type: GraphQLString, resolve: (_root, _args, { requestId }) => requestId },
      person: { type: Person, resolve: () => ({ name: 'Ana' }) },
      even: { type: GraphQLInt, args: { number: { type: Even } }, resolve: (_root, { number }) => number },
      refuse: {
        type: GraphQLString,
        resolve() {
          throw new ClientError('EVENTS_EXPIRED', 'Events before 7 are gone: start from 7', { oldestSeq: 7 });
        },
      },
      break: {
        type: GraphQLString,
        async resolve() {
          throw new Error('password=hunter2');
        },
      },
      unauthorized: {
        type: GraphQLString,
        resolve() {
          throw new GraphQLError('Access denied', { extensions: { code: 'UNAUTHORIZED', secret: 'x' } });
        },
      },
    },
  }),
  mutation: new GraphQLObjectType({
    name: 'Mutation',
    fields: {
      greet: {
        type: GraphQLString,
        args: { input: { type: new GraphQLNonNull(GreetInput) } },
        resolve: (_root, { input }) => `hello ${input.name}`.repeat(input.times),
      },
    },
  }),
  subscription: new GraphQLObjectType({
    name: 'Subscription',
    fields: {
      ticks: {
        type: GraphQLID,
        async *subscribe() {
          for (const ticks of ['one', 'two', 'three']) yield { ticks };
        },
      },
    },
  }),
});
