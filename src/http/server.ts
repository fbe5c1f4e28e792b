import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import cors from '@fastify/cors';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { ClientError } from '../errors';
import type { Metrics } from '../metrics';
import type { AddressLimits } from '../rate-limits/address-limits';
import { guardRoutes } from './admission/access';
import { refuseUnnamedPage } from './admission/cross-origin';
import type { OpenGuard } from './admission/open-guard';
import { type GraphqlOptions, graphqlOverHttp } from './apollo/graphql-over-http';
import type { ClientAddresses } from './connections/client-address';
import { type ConnectionLimits, limitConnections, limitPipelining } from './connections/connection-limits';
import { refuseSecondHost } from './connections/host-header';
import { refuseConnection, refuseSlowRequest } from './connections/refuse-connection';
import { closeUnread, closeUnreadBodies, refuseExpectation } from './connections/unread-bodies';
import { type DownloadsOptions, downloads } from './downloads';
import { createErrorHandler, HttpError } from './error-handler';
import { documentation } from './pages/documentation';
import { graphiqlPage } from './pages/graphiql';
import { type DrawHeatmap, heatmapPicture } from './pages/heatmap';
import { homePage } from './pages/home';
import { sandboxScript } from './pages/sandbox';
import { type ProbesOptions, type PrometheusOptions, probes, prometheus } from './probes';
import { type ReplacedApiOptions, replacedApi } from './replaced-api';
import { securityHeaders } from './security-headers';
import { type UploadsOptions, uploads } from './uploads';

export interface HttpServerOptions
  extends GraphqlOptions,
    ReplacedApiOptions,
    ProbesOptions,
    PrometheusOptions,
    UploadsOptions,
    DownloadsOptions {
  readonly guardOpen: OpenGuard;
  readonly addresses: AddressLimits;
  readonly clientAddresses: ClientAddresses;
  readonly drawHeatmap: DrawHeatmap;
  /** Bytes that a request's body may have. */
  readonly bodyLimit?: number;
  readonly connections: ConnectionLimits;
  readonly timeouts?: Partial<Timeouts>;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route itself ends requests that take too long to arrive. */
    ownDeadline?: true;
  }
  interface FastifyRequest {
    deadline: NodeJS.Timeout | undefined;
    /** Where it comes from: Fastify's own `ip` knows no proxies. */
    readonly address: string;
  }
}

interface Timeouts {
  /** How long a client may take to send a request's headers. */
  readonly headersMs: number;
  /** How long it may take to send the whole request. */
  readonly requestMs: number;
  /** After so long a connection on which nothing moves, while a request is under way, is destroyed: nobody reads. */
  readonly silenceMs: number;
}

const TIMEOUTS: Timeouts = { headersMs: 10_000, requestMs: 60_000, silenceMs: 120_000 };

const METHODS = ['GET', 'POST', 'OPTIONS'] as const;

/** Builds everything that is served over HTTP; `listen` and `close` are the caller's. */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const { logger, metrics, guardOpen, crossOrigin } = options;
  const { bodyLimit = 256 * 1024, connections, clientAddresses } = options;
  const timeouts = { ...TIMEOUTS, ...options.timeouts };
  const handleError = createErrorHandler(logger);
  const headers = await securityHeaders();
  const sign = (request: FastifyRequest, reply: FastifyReply) => {
    reply.headers(headers).header('x-request-id', request.id);
  };
  const app = fastify({
    logger: false, // a child logger per request would cost more than all our own hooks
    bodyLimit,
    genReqId: requestId,
    requestTimeout: 0, // see limitTime
    connectionTimeout: timeouts.silenceMs,
    http: { headersTimeout: timeouts.headersMs, connectionsCheckingInterval: timeouts.headersMs / 4 },
    clientErrorHandler: refuseConnection,
    frameworkErrors(error, request, reply) {
      sign(request, reply);
      closeUnread(request, reply);
      handleError(error, request, reply);
    },
  });
  limitConnections(app.server, connections, clientAddresses.isProxy);
  app.setErrorHandler(handleError);
  app.setNotFoundHandler((request) => {
    throw notFound(app, request);
  });
  limitPipelining(app);
  app.addHook('onRequest', (request, reply, done) => {
    sign(request, reply);
    const unknown = request.is404 ? notFound(app, request) : null; // before its body is read
    done(refuseSecondHost(request.raw) ?? refuseExpectation(request.raw) ?? unknown ?? undefined);
  });
  app.decorateRequest('address', {
    getter(this: FastifyRequest) {
      return clientAddresses.of(this.raw);
    },
  });
  closeUnreadBodies(app);
  limitTime(app, timeouts.requestMs);
  guardRoutes(
    app,
    async ({ headers, address }) =>
      crossOrigin.admit(await options.authenticate(headers.authorization, address), headers),
    options.addresses,
  );
  app.addHook('onResponse', (request, reply, done) => {
    record(metrics, logger, request, reply);
    done();
  });

  await app.register(replacedApi, options);
  await app.register(probes, options);
  await app.register(async (guarded) => {
    guarded.addHook('onRequest', ({ raw }, _reply, done) => {
      done(guardOpen(raw) ?? refuseUnnamedPage(raw) ?? undefined);
    });
    await guarded.register(async (scope) => {
      await scope.register(cors, {
        delegator: async ({ headers }: FastifyRequest) => ({
          ...CORS,
          origin: await crossOrigin.allowed(headers),
        }),
      });
      await scope.register(graphqlOverHttp, options);
    });
    await guarded.register(prometheus, options);
    await guarded.register(homePage, options);
    await guarded.register(documentation);
    if (options.explorer) {
      await guarded.register(graphiqlPage);
      await guarded.register(sandboxScript);
    }
    await guarded.register(heatmapPicture, options);
    await guarded.register(uploads, options);
    await guarded.register(downloads, options);
  });
  return app;
}

/** Ends requests whose body takes too long. Node's own limit knows no routes, and uploads have a deadline of their own. */
function limitTime(app: FastifyInstance, requestMs: number): void {
  app.decorateRequest('deadline', undefined);
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.method !== 'GET' && !request.routeOptions.config.ownDeadline) {
      request.deadline = setTimeout(refuseSlowRequest, requestMs, request.raw.socket);
    }
    done();
  });
  const arrived = (request: FastifyRequest) => clearTimeout(request.deadline);
  app.addHook('preValidation', (request, _reply, done) => {
    arrived(request);
    done();
  });
  app.addHook('onResponse', (request, _reply, done) => {
    arrived(request);
    done();
  });
  app.addHook('onRequestAbort', (request, done) => {
    arrived(request);
    done();
  });
}

/** Credentials never come from the browser itself. */
const CORS = {
  methods: ['GET', 'POST'],
  exposedHeaders: 'x-request-id, retry-after',
  maxAge: 600,
  strictPreflight: false,
};

/** The caller's own id where it is fit to stand in a log. */
function requestId({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,100}$/.test(given) ? given : randomUUID();
}

function notFound(app: FastifyInstance, request: FastifyRequest): ClientError {
  const path = request.url.split('?', 1)[0] ?? '';
  const allowed = METHODS.filter((method) => app.hasRoute({ method, url: path }));
  return allowed.length === 0
    ? new ClientError('NOT_FOUND', `There is nothing at ${path}`)
    : new HttpError(
        405,
        'BAD_USER_INPUT',
        `${request.method} is not served at ${path}: use ${allowed.join(' or ')}`,
      );
}

/** Routes by their pattern: raw addresses would make a time series each. */
function record(metrics: Metrics, logger: Logger, request: FastifyRequest, reply: FastifyReply): void {
  const { method, id } = request;
  const route = request.routeOptions.url ?? 'none';
  const status = reply.statusCode;
  metrics.requests.inc({ method, route, status });
  metrics.requestSeconds.observe({ route }, reply.elapsedTime / 1000);
  logger.debug({ requestId: id, method, route, status, ms: reply.elapsedTime }, 'Answered');
}
