import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import cors from '@fastify/cors';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { ClientError } from '../errors';
import type { Metrics } from '../metrics';
import type { AddressLimits } from '../rate-limits/address-limits';
import { guardRoutes } from './access';
import type { ClientAddresses } from './client-address';
import { refuseUnnamedPage } from './cross-origin';
import { type DownloadsOptions, downloads } from './downloads';
import { createErrorHandler, HttpError } from './error-handler';
import { type GraphqlOptions, graphqlOverHttp } from './graphql';
import { refuseSecondHost } from './host-header';
import type { OpenGuard } from './open-guard';
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
  /** Connections open at once, WebSockets included: past it, new ones are closed before they cost memory. */
  readonly maxConnections?: number;
  /** How long a client may take to send a request's headers, and the whole request. */
  readonly timeouts?: { readonly headersMs: number; readonly requestMs: number };
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

const METHODS = ['GET', 'POST', 'OPTIONS'] as const;

/** Builds everything that is served over HTTP; `listen` and `close` are the caller's. */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const { logger, metrics, guardOpen, crossOrigin } = options;
  const { bodyLimit = 256 * 1024, maxConnections = 20_000 } = options;
  const { timeouts = { headersMs: 10_000, requestMs: 60_000 } } = options;
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
    http: { headersTimeout: timeouts.headersMs, connectionsCheckingInterval: timeouts.headersMs / 4 },
    clientErrorHandler: refuseConnection,
    frameworkErrors(error, request, reply) {
      sign(request, reply);
      handleError(error, request, reply);
    },
  });
  app.server.maxConnections = maxConnections;
  app.setErrorHandler(handleError);
  app.setNotFoundHandler((request) => {
    throw notFound(app, request);
  });
  app.addHook('onRequest', (request, reply, done) => {
    sign(request, reply);
    done(refuseSecondHost(request.raw) ?? undefined);
  });
  app.decorateRequest('address', {
    getter(this: FastifyRequest) {
      return options.clientAddresses.of(this.raw);
    },
  });
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
      request.deadline = setTimeout(refuseConnection, requestMs, TOO_SLOW, request.raw.socket);
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

const TOO_SLOW = Object.assign(new Error('The request took too long'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });

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

/** What never became a request: its line or headers cannot be read, are too large or too slow. */
function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
  const [status, message] = CONNECTION_ERRORS[error.code ?? ''] ?? [
    '400 Bad Request',
    'This is not HTTP/1.1',
  ];
  const body = JSON.stringify({ error: { code: 'BAD_USER_INPUT', message } });
  if (socket.writable) {
    socket.end(
      `HTTP/1.1 ${status}\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
    );
  }
}

const CONNECTION_ERRORS: Readonly<Record<string, readonly [status: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'The headers are larger than 16384 bytes, the limit',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request took too long to arrive'],
};
