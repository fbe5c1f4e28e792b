import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Metrics } from '../metrics';

/** Looks at one thing the gateway cannot work without; rejects when it is not well. */
type HealthCheck = () => Promise<void>;

export interface ProbesOptions {
  /** By name, for instance `database`. */
  readonly checks: Readonly<Record<string, HealthCheck>>;
  readonly logger: Logger;
}

export interface PrometheusOptions {
  readonly metrics: Metrics;
}

const CHECK_TIMEOUT_MS = 2000;

/** `GET /health/live` and `GET /health/ready`. */
export async function probes(app: FastifyInstance, { checks, logger }: ProbesOptions): Promise<void> {
  neverStore(app);

  app.get('/health/live', async () => ({ status: 'ok' }));

  app.get('/health/ready', async (_request, reply) => {
    const outcomes = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => {
        try {
          await withinTimeout(check());
          return [name, 'ok'] as const;
        } catch (error) {
          logger.warn({ err: error, check: name }, 'A health check failed');
          return [name, 'failed'] as const;
        }
      }),
    );
    const isReady = outcomes.every(([, outcome]) => outcome === 'ok');
    reply.code(isReady ? 200 : 503);
    return { status: isReady ? 'ok' : 'failed', checks: Object.fromEntries(outcomes) };
  });
}

/** `GET /metrics`, for Prometheus. */
export async function prometheus(app: FastifyInstance, { metrics }: PrometheusOptions): Promise<void> {
  neverStore(app);
  app.get('/metrics', async (_request, reply) => {
    reply.type(metrics.registry.contentType);
    return metrics.registry.metrics();
  });
}

function neverStore(app: FastifyInstance): void {
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('cache-control', 'no-store');
    done();
  });
}

/** A check that hangs has failed. */
async function withinTimeout(check: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${CHECK_TIMEOUT_MS} ms`)), CHECK_TIMEOUT_MS);
  });
  try {
    await Promise.race([check, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
