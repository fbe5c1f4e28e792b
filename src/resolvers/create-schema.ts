import type { GraphQLFormattedError, GraphQLSchema } from 'graphql';
import type { ApiKeys } from '../auth/api-keys';
import type { DatasetStore } from '../datasets/dataset-store';
import type { Datasets } from '../datasets/datasets';
import type { JobRunner } from '../jobs/job-runner';
import type { JobStore } from '../jobs/job-store';
import type { CityNames } from '../membership/cities/city-names';
import type { UserExports } from '../membership/export-user';
import type { Membership } from '../membership/membership';
import type { Rooms } from '../membership/rooms';
import type { SegmentCounts } from '../membership/segment-counts';
import type { DriftWatch } from '../models/drift/drift';
import type { Promotions } from '../models/promotion/promotions';
import type { ModelRegistry } from '../models/registry/model-registry';
import type { AuditLog } from '../organizations/audit-log';
import type { Branches } from '../organizations/branches';
import type { Organizations } from '../organizations/organizations';
import type { Quotas } from '../organizations/quotas';
import type { ReportStore } from '../reports/report-store';
import type { Reports } from '../reports/reports';
import { auditFields } from '../schema/audit-fields';
import { buildSchema } from '../schema/build-schema';
import { guardFields } from '../schema/guard-fields';
import { ACCESS } from './access';
import { ApiKeyResolver } from './api-key-resolver';
import { AssignmentResolver } from './assignment-resolver';
import { AuditResolver } from './audit-resolver';
import { AUDITED } from './audit-table';
import { CityResolver } from './city-resolver';
import { DatasetResolver } from './dataset-resolver';
import { ExportResolver } from './export-resolver';
import { JobResolver } from './job-resolver';
import { MemberResolver } from './member-resolver';
import { ModelResolver } from './model-resolver';
import type { ModelViews } from './model-views';
import { OrganizationResolver } from './organization-resolver';
import { ReportResolver } from './report-resolver';
import { SegmentResolver } from './segment-resolver';
import { TrainingResolver } from './training-resolver';

export interface SchemaOptions {
  readonly membership: Membership;
  readonly rooms: Rooms;
  readonly cityNames: CityNames;
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
  readonly organizations: Organizations;
  readonly branches: Branches;
  readonly quotas: Quotas;
  readonly audit: AuditLog;
  readonly apiKeys: ApiKeys;
  readonly exports: UserExports;
  /** Whether the gateway lets in who has no key. */
  readonly openness: { readonly open: boolean };
  readonly formatError: (error: unknown, requestId: string) => GraphQLFormattedError;
}

/** The gateway's GraphQL schema, resolving against the given domain. */
export function createSchema({
  membership,
  rooms,
  cityNames,
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
  organizations,
  branches,
  quotas,
  audit,
  apiKeys,
  exports,
  openness,
  formatError,
}: SchemaOptions): GraphQLSchema {
  const schema = buildSchema([
    new ApiKeyResolver(apiKeys),
    new AssignmentResolver(membership, models, formatError),
    new AuditResolver(audit),
    new CityResolver(rooms, cityNames, models),
    new DatasetResolver(datasetStore, datasets),
    new JobResolver(jobs, runner),
    new ExportResolver(exports),
    new MemberResolver(models),
    new ModelResolver(registry, promotions, drift, models),
    new OrganizationResolver(
      organizations,
      branches,
      quotas,
      apiKeys,
      {
        models: registry,
        onJob: () => runner.wake(),
      },
      openness,
    ),
    new ReportResolver(reportStore, reports, datasetStore, models),
    new SegmentResolver(models, segmentCounts),
    new TrainingResolver(datasetStore, jobs, runner),
  ]);
  auditFields(schema, AUDITED, (act) => audit.append(act));
  guardFields(schema, ACCESS);
  return schema;
}
