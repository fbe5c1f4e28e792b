import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000];

/** What the gateway tells Prometheus. One instance per app, so that several apps can live in one process. */
export class Metrics {
  readonly registry = new Registry();
  readonly requests = new Counter({
    name: 'tertulia_http_requests_total',
    help: 'HTTP requests answered, by route and status.',
    labelNames: ['method', 'route', 'status'] as const,
    registers: [this.registry],
  });
  readonly requestSeconds = new Histogram({
    name: 'tertulia_http_request_seconds',
    help: 'Time from the request line to the last byte of the answer.',
    labelNames: ['route'] as const,
    buckets: SECONDS,
    registers: [this.registry],
  });
  readonly graphqlErrors = new Counter({
    name: 'tertulia_graphql_errors_total',
    help: 'GraphQL errors sent to clients, by code.',
    labelNames: ['code'] as const,
    registers: [this.registry],
  });
  readonly scoringBatchSize = new Histogram({
    name: 'tertulia_scoring_batch_size',
    help: 'Rows scored in one run of the model.',
    buckets: SIZES,
    registers: [this.registry],
  });
  readonly scoringSeconds = new Histogram({
    name: 'tertulia_scoring_seconds',
    help: 'Time of one run of the model.',
    buckets: SECONDS,
    registers: [this.registry],
  });
  readonly commitGroupSize = new Histogram({
    name: 'tertulia_commit_group_size',
    help: 'Membership changes written by one transaction.',
    buckets: SIZES,
    registers: [this.registry],
  });
  readonly commitSeconds = new Histogram({
    name: 'tertulia_commit_seconds',
    help: 'Time of one membership transaction.',
    buckets: SECONDS,
    registers: [this.registry],
  });
  readonly sockets = new Gauge({
    name: 'tertulia_websockets',
    help: 'WebSockets open now.',
    registers: [this.registry],
  });
  readonly subscriptions = new Gauge({
    name: 'tertulia_subscriptions',
    help: 'GraphQL subscriptions running now.',
    registers: [this.registry],
  });
  readonly deliveries = new Counter({
    name: 'tertulia_deliveries_total',
    help: 'Subscription messages handed to sockets.',
    registers: [this.registry],
  });
  readonly slowReaders = new Counter({
    name: 'tertulia_slow_readers_total',
    help: 'Sockets closed with 4429 because they did not read.',
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }
}
