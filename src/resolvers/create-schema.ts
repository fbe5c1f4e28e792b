import type { GraphQLFormattedError, GraphQLSchema } from 'graphql';
import type { DatasetStore } from '../datasets/dataset-store';
import type { Datasets } from '../datasets/datasets';
import type { JobRunner } from '../jobs/job-runner';
import type { JobStore } from '../jobs/job-store';
import type { Membership } from '../membership/membership';
import type { Rooms } from '../membership/rooms';
import type { SegmentCounts } from '../membership/segment-counts';
import type { DriftWatch } from '../models/drift';
import type { ModelRegistry } from '../models/model-registry';
import type { Promotions } from '../models/promotions';
import type { ReportStore } from '../reports/report-store';
import type { Reports } from '../reports/reports';
import { buildSchema } from '../schema/build-schema';
import { guardFields } from '../schema/guard-fields';
import { ACCESS } from './access';
import { AssignmentResolver } from './assignment-resolver';
import { CityResolver } from './city-resolver';
import { DatasetResolver } from './dataset-resolver';
import { JobResolver } from './job-resolver';
import { MemberResolver } from './member-resolver';
import { ModelResolver } from './model-resolver';
import type { ModelViews } from './model-views';
import { ReportResolver } from './report-resolver';
import { SegmentResolver } from './segment-resolver';
import { TrainingResolver } from './training-resolver';

export interface SchemaOptions {
  readonly membership: Membership;
  readonly rooms: Rooms;
  readonly segmentCounts: SegmentCounts;
  readonly models: ModelViews;
  readonly registry: ModelRegistry;
  readonly promotions: Promotions;
  readonly drift: DriftWatch;
  readonly datasets: Datasets;
  readonly datasetStore: DatasetStore;
  readonly reports: Reports;
  readonly reportStore: ReportStore;
  readonly jobs: JobStore;
  readonly runner: JobRunner;
  readonly formatError: (error: unknown, requestId: string) => GraphQLFormattedError;
}

/** The gateway's GraphQL schema, resolving against the given domain. */
export function createSchema({
  membership,
  rooms,
  segmentCounts,
  models,
  registry,
  promotions,
  drift,
  datasets,
  datasetStore,
  reports,
  reportStore,
  jobs,
  runner,
  formatError,
}: SchemaOptions): GraphQLSchema {
  const schema = buildSchema([
    new AssignmentResolver(membership, models, formatError),
    new CityResolver(rooms, models),
    new DatasetResolver(datasetStore, datasets),
    new JobResolver(jobs, runner),
    new MemberResolver(models),
    new ModelResolver(registry, promotions, drift, models),
    new ReportResolver(reportStore, reports, datasetStore, models),
    new SegmentResolver(models, segmentCounts),
    new TrainingResolver(datasetStore, jobs, runner),
  ]);
  guardFields(schema, ACCESS);
  return schema;
}
