import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { ExecutionArgs } from 'graphql';
import type { Logger } from 'pino';
import { ApiKeyStore } from './auth/api-key-store';
import { type Config, checkHost } from './config';
import { DatasetFiles } from './datasets/dataset-files';
import { DatasetStore } from './datasets/dataset-store';
import { Datasets } from './datasets/datasets';
import { ingestHandler } from './datasets/ingest/ingest';
import { ClientError } from './errors';
import { DocumentStore } from './graphql/documents/document-store';
import { createExecutor } from './graphql/execution/executor';
import { createFormatError } from './graphql/format-error';
import { isLoopback } from './hosts';
import { Credentials } from './http/admission/credentials';
import { CrossOrigin } from './http/admission/cross-origin';
import { createOpenGuard } from './http/admission/open-guard';
import type { RequestContext } from './http/apollo/request-context';
import { createClientAddresses } from './http/connections/client-address';
import { connectionLimits } from './http/connections/connection-limits';
import { refuseSecondHost } from './http/connections/host-header';
import { statusOf } from './http/error-handler';
import { createHttpServer } from './http/server';
import { JobRunner } from './jobs/job-runner';
import { JobStore } from './jobs/job-store';
import { CityNames } from './membership/cities/city-names';
import { UserExports } from './membership/export-user';
import { SqlEventLog } from './membership/log/sql-event-log';
import { MemberPages } from './membership/member-pages';
import { MemberSample } from './membership/member-sample';
import { Membership } from './membership/membership';
import { Rooms } from './membership/rooms';
import { SegmentCounts } from './membership/segment-counts';
import { Metrics } from './metrics';
import { DriftWatch } from './models/drift/drift';
import { DriftGauges } from './models/drift/drift-gauges';
import { heatmapSvg } from './models/heatmap/heatmap-svg';
import { Promotions } from './models/promotion/promotions';
import { Recluster } from './models/promotion/recluster';
import { ModelRegistry } from './models/registry/model-registry';
import { trainHandler } from './models/training/train';
import { encodeSegmentationModel } from './onnx/segmentation-model';
import { openFileLimit } from './open-files';
import { AuditLog } from './organizations/audit-log';
import { Branches } from './organizations/branches';
import { Organizations } from './organizations/organizations';
import { Quotas } from './organizations/quotas';
import { AddressLimits } from './rate-limits/address-limits';
import { Announcements } from './realtime/bus/announcements';
import type { JsonValue } from './realtime/bus/bus';
import { announceForgotten, followForgetting } from './realtime/bus/forgetting';
import { MemoryBus } from './realtime/bus/memory-bus';
import { assignmentTopic, jobTopic } from './realtime/bus/topics';
import { Feeds } from './realtime/feeds/feeds';
import { WebSocketGateway } from './realtime/sockets/websocket';
import { Release } from './release';
import { reportHtml } from './reports/page/report-html';
import { reportCsv } from './reports/report-csv';
import { ReportStore } from './reports/report-store';
import { Reports } from './reports/reports';
import type { Context } from './resolvers/context';
import { createSchema } from './resolvers/create-schema';
import { Loaders } from './resolvers/loaders';
import { ModelViews } from './resolvers/model-views';
import { checkWritable } from './storage/check-writable';
import type { Database } from './storage/database';
import { DiskSpace } from './storage/disk-space';
import { ServingLock } from './storage/locks/serving-lock';
import { migrate } from './storage/migrate';
import { PgliteDatabase } from './storage/pglite/pglite';
import { PostgresDatabase } from './storage/postgres';

const CLOSING_MS = 5_000;
/** A file that nothing knows may be an upload that another process is still taking in; not after so long. */
const OTHERS_UPLOAD_MS = 24 * 3_600_000;

/** A gateway, built but not listening yet. */
export interface App {
  readonly metrics: Metrics;
  /** @returns the address that it serves, such as `http://127.0.0.1:4000`. */
  listen(): Promise<string>;
  /** Finishes what was accepted, tells the sockets to go elsewhere, and releases everything. */
  close(): Promise<void>;
}

export interface AppOptions {
  /** Told when another gateway took the database over: this one must close. */
  readonly onLost?: (error: Error) => void;
  /** Told when the embedded database does not answer any more: nothing but the end of this process helps. */
  readonly onStuck?: (error: Error) => void;
  /**
   * Whether others may serve the same PostgreSQL database. They do not hear of each other's events and promotions: this
   * is for tests of what must hold all the same.
   */
  readonly allowOthers?: boolean;
}

/** Builds the whole gateway for a configuration: the only place that picks adapters. */
export async function createApp(config: Config, logger: Logger, options: AppOptions = {}): Promise<App> {
  const release = new Release();
  try {
    if (options.allowOthers !== true) await claimServing(config, logger, release, options);
    return await build(config, logger, release, options);
  } catch (error) {
    await release.all();
    throw error;
  }
}

async function build(
  config: Config,
  logger: Logger,
  release: Release,
  { onStuck }: AppOptions,
): Promise<App> {
  const onError = (error: unknown) => {
    // An outage is logged once.
    if (isOutage(error)) return;
    logger.error({ err: error }, 'A defect that no request is told about');
  };
  const connections = connectionLimits(openFileLimit());
  const metrics = new Metrics();
  const database = await openDatabase(config, { logger, ...(onStuck && { onStuck }) });
  release.add(() => database.close());
  const applied = await migrate(database);
  if (applied.length > 0) logger.info({ migrations: applied }, 'The database was brought up to date');
  const models = await ModelRegistry.open({ database, metrics, onError });
  release.add(() => models.close());

  const bus = new MemoryBus({ onError });
  release.add(() => bus.close());
  const organizations = new Organizations({ database, defaults: config });
  const quotas = new Quotas(database, organizations, config.roomCapacity);
  const audit = new AuditLog(database);
  const log = new SqlEventLog({ database, retention: (id) => organizations.eventRetention(id) });
  const feeds = new Feeds({ bus, log, onError });
  const rooms = new Rooms(database);
  const segmentCounts = new SegmentCounts(rooms);
  const announcements = new Announcements(bus, onError);
  const cityNames = new CityNames({
    database,
    onName: (organizationId, key) => announcements.announceName(organizationId, key),
  });
  let pruning = Promise.resolve();
  const membership = new Membership({
    database,
    quota: quotas.membership,
    metrics,
    onEvents(events) {
      segmentCounts.record(events);
      announcements.announce(events);
      pruning = pruning.then(() => log.prune(events)).catch(onError);
    },
    onError,
    onForget: (organizationId, userId) => announceForgotten(announcements, organizationId, userId),
    onAssignment(organizationId, assignment) {
      announcements.publish(assignmentTopic(organizationId, assignment.userId), assignment);
    },
  });
  release.add(async () => {
    await membership.drain();
    await pruning;
  });

  const jobs = new JobStore(database, quotas.jobs);
  const disk = new DiskSpace(config.dataDir, config.diskReserveBytes);
  const files = await DatasetFiles.open(join(config.dataDir, 'files'), config.durability, disk);
  const datasetStore = new DatasetStore(database);
  const memberPages = new MemberPages(database);
  const reportStore = new ReportStore(database);
  const onJob = () => runner.wake();
  const reports = new Reports({ store: reportStore, datasets: datasetStore, files, models, jobs, onJob });
  const runner: JobRunner = new JobRunner({
    store: jobs,
    disk,
    handlers: [
      ingestHandler({ store: datasetStore, files, maxRows: config.datasetMaxRows }),
      trainHandler({ datasets: datasetStore, files, models }),
      reports,
      new Recluster({ models, pages: memberPages, membership }),
    ],
    onChange: (job) => announcements.publish(jobTopic(job.organizationId, job.id), { ...job } as JsonValue),
    onError,
  });
  release.add(() => runner.close());
  const datasets = new Datasets({
    store: datasetStore,
    files,
    maxBytes: config.datasetMaxBytes,
    quota: quotas.datasets,
    onJob,
  });
  const promotions = new Promotions({ database, models, pages: memberPages, onJob });
  const drift = new DriftWatch(models, new MemberSample({ database }));
  const gauges = new DriftGauges({ metrics, drift, organizations: () => models.organizations(), onError });
  release.add(() => gauges.close());

  const { adminApiKey, jwtKeys, jwtClaims } = config;
  const credentials = await Credentials.open({
    store: new ApiKeyStore(database),
    adminApiKey,
    jwtKeys,
    jwtClaims,
    organizationExists: async (id) => (await organizations.find(id)) !== null,
    onError,
  });
  const { authenticate, openness } = credentials;
  const views = new ModelViews(models);
  const formatError = createFormatError(logger, metrics);
  const schema = createSchema({
    membership,
    rooms,
    cityNames,
    segmentCounts,
    models: views,
    registry: models,
    promotions,
    drift,
    datasets,
    datasetStore,
    reports,
    reportStore,
    jobs,
    runner,
    organizations,
    branches: new Branches(database),
    quotas,
    audit,
    apiKeys: credentials.keys,
    exports: new UserExports({ database, models }),
    openness,
    formatError,
  });
  const documents = new DocumentStore({ schema, explorer: config.explorer });
  const createContext = ({ viewer, requestId, address }: RequestContext): Context => ({
    viewer,
    requestId,
    address,
    loaders: new Loaders(rooms, viewer.organizationId),
    feeds,
    turns: documents.turns,
    jobs,
  });
  const { allowedHosts, allowedOrigins } = config;
  const guardOpen = createOpenGuard({ openness, allowedHosts, allowedOrigins });
  const crossOrigin = new CrossOrigin({ openness, organizations });
  const addresses = new AddressLimits();
  const clientAddresses = createClientAddresses(config.trustedProxies);
  const { shipped } = models;

  const server = await createHttpServer({
    schema,
    documents,
    authenticate,
    createContext,
    formatError,
    logger,
    metrics,
    guardOpen,
    crossOrigin,
    addresses,
    clientAddresses,
    connections,
    explorer: config.explorer,
    datasets,
    audit,
    downloads: {
      async model(organizationId, id) {
        const model = await models.find(organizationId, id);
        return model && encodeSegmentationModel(model.manifest);
      },
      async reportPage(organizationId, id) {
        const report = await reportStore.find(organizationId, id);
        return report && reportHtml(report.content);
      },
      async reportTable(organizationId, id) {
        const report = await reportStore.find(organizationId, id);
        return report && reportCsv(report.content);
      },
    },
    vocabulary: shipped.manifest.features.map(({ key }) => key),
    scoreOne: (row) => shipped.scorer.scoreOne(row),
    drawHeatmap: (organizationId, locale) => heatmapSvg(models.champion(organizationId).manifest, { locale }),
    checks: {
      database: () => checkWritable(database),
      disk: () => disk.check(),
      model: async () =>
        void (await shipped.scorer.scoreOne(new Float32Array(shipped.manifest.features.length))),
    },
  });
  release.add(() => closeServer(server));

  const execute = createExecutor(schema);
  const sockets = new WebSocketGateway(server.server, {
    path: '/graphql',
    schema,
    documents,
    execute: ({ document, operationName, variableValues, contextValue, rootValue }: ExecutionArgs) =>
      execute({ document, operationName, variables: variableValues, context: contextValue, root: rootValue }),
    // Subscriptions change nothing, so nobody asks from where.
    contextFactory: (viewer) => createContext({ viewer, requestId: randomUUID(), address: '' }),
    formatError: (error) => formatError(error, randomUUID()),
    metrics,
    admit: (address) => addresses.take(address),
    limits: { maxSocketsPerAddress: connections.webSocketsPerAddress },
    addressOf: clientAddresses.of,
    authenticate: async (authorization, request) =>
      crossOrigin.admit(await authenticate(authorization, clientAddresses.of(request)), request.headers),
    guard(request) {
      const refused = refuseSecondHost(request) ?? guardOpen(request);
      return refused && { status: statusOf(refused), message: refused.message };
    },
    onError,
  });
  release.add(() => sockets.close());
  const { subscriptions } = sockets;
  const stopForgetting = await followForgetting({ bus, feeds, subscriptions, onError });
  release.add(stopForgetting);
  const watch = credentials.watch(sockets);
  release.add(() => watch.close());
  openness.onClose(() => logger.info('The gateway has a key of role ADMIN now, and asks for credentials'));

  return {
    metrics,
    async listen() {
      const { host, port } = config;
      checkHost(host, openness.open);
      await takeUp({ jobs, files, datasetStore, alone: config.databaseUrl === null });
      runner.start();
      await server.listen({ host, port });
      const { port: bound } = server.server.address() as AddressInfo;
      const url = `http://${host.includes(':') ? `[${host}]` : host}:${bound}`;
      const { total: maxConnections } = connections;
      logger.info({ url, open: openness.open, loopback: isLoopback(host), maxConnections }, 'Serving');
      return url;
    },
    close: () => release.all(),
  };
}

interface LeftBehind {
  readonly jobs: JobStore;
  readonly files: DatasetFiles;
  readonly datasetStore: DatasetStore;
  /** No other process uses the database. */
  readonly alone: boolean;
}

/** Takes up what the processes before left: jobs that lost theirs, files that belong to nothing. */
async function takeUp({ jobs, files, datasetStore, alone }: LeftBehind): Promise<void> {
  if (alone) await jobs.disown();
  await files.sweep(await datasetStore.ids(), alone ? Infinity : Date.now() - OTHERS_UPLOAD_MS);
}

/** Waits for the answers under way, but not for ever: a client may never send the rest of its request. */
async function closeServer(server: FastifyInstance): Promise<void> {
  const deadline = setTimeout(() => server.server.closeAllConnections(), CLOSING_MS);
  await server.close();
  clearTimeout(deadline);
}

/** PostgreSQL is one gateway's at a time, as the embedded database is by its own lock. */
async function claimServing(
  { databaseUrl: url }: Config,
  logger: Logger,
  release: Release,
  { onLost = () => undefined }: AppOptions,
): Promise<void> {
  if (url === null) return;
  const lock = await ServingLock.acquire({ url, onWait: (message) => logger.warn(message), onLost });
  release.add(() => lock.release());
}

function isOutage(error: unknown): boolean {
  return error instanceof ClientError && error.extensions.code === 'STORAGE_UNAVAILABLE';
}

interface DatabaseOptions extends Pick<AppOptions, 'onStuck'> {
  readonly logger?: Logger;
}

/** The embedded database, or PostgreSQL. @throws Error when another process has the embedded one. */
export async function openDatabase(
  config: Config,
  { logger, ...options }: DatabaseOptions = {},
): Promise<Database> {
  const outages = {
    began: (cause: unknown) =>
      logger?.error(
        { err: cause },
        'The database cannot be reached: what needs it is answered STORAGE_UNAVAILABLE',
      ),
    ended: (seconds: number) => logger?.info({ seconds }, 'The database can be reached again'),
  };
  return config.databaseUrl === null
    ? PgliteDatabase.open(config.dataDir, { ...config, ...options, outages })
    : new PostgresDatabase({ url: config.databaseUrl, outages });
}
