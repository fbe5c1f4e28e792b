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

const DEADLINE_MS = 2_000;
/** So long an outcome is told again: probes are for anyone, and what they ask for is a write. */
const FRESH_MS = 1_000;

/** `GET /health/live` and `GET /health/ready`. */
export async function probes(app: FastifyInstance, { checks, logger }: ProbesOptions): Promise<void> {
  neverStore(app);
  const shared = Object.entries(checks).map(
    ([name, check]) => [name, new SharedCheck(name, check, logger)] as const,
  );

  app.get('/health/live', async () => ({ status: 'ok' }));

  app.get('/health/ready', async (_request, reply) => {
    const outcomes = await Promise.all(
      shared.map(async ([name, check]) => [name, (await check.passes()) ? 'ok' : 'failed'] as const),
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

/** A check that runs once a second at most, however many ask, and never twice at a time. One that hangs has failed. */
class SharedCheck {
  #outcome: Promise<boolean> = Promise.resolve(false);
  #running = false;
  #startedAt = -Infinity;
  #failed = false;

  constructor(
    private readonly name: string,
    private readonly check: HealthCheck,
    private readonly logger: Logger,
  ) {}

  passes(): Promise<boolean> {
    const age = performance.now() - this.#startedAt;
    if (this.#running && age >= DEADLINE_MS) return Promise.resolve(false);
    if (!this.#running && age >= FRESH_MS) this.#outcome = this.#start();
    return this.#outcome;
  }

  async #start(): Promise<boolean> {
    this.#startedAt = performance.now();
    this.#running = true;
    let deadline: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      deadline = setTimeout(() => reject(new Error(`No answer within ${DEADLINE_MS} ms`)), DEADLINE_MS);
    });
    const checking = this.#run();
    try {
      await Promise.race([checking, late]);
      if (this.#failed) this.logger.info({ check: this.name }, 'A health check passes again');
      this.#failed = false;
      return true;
    } catch (error) {
      if (!this.#failed) this.logger.warn({ err: error, check: this.name }, 'A health check failed');
      this.#failed = true;
      return false;
    } finally {
      clearTimeout(deadline);
    }
  }

  async #run(): Promise<void> {
    try {
      await this.check();
    } finally {
      this.#running = false;
    }
  }
}
