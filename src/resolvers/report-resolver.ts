import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { DatasetStore } from '../datasets/dataset-store';
import type { ReportStore } from '../reports/report-store';
import type { Reports } from '../reports/reports';
import { Dataset } from '../schema/dataset';
import { Job } from '../schema/job';
import { Model } from '../schema/model';
import { Report, ReportInput } from '../schema/report';
import type { Context } from './context';
import { checkedKey } from './idempotency-key';
import type { ModelViews } from './model-views';

@Resolver(() => Report)
export class ReportResolver {
  constructor(
    private readonly store: ReportStore,
    private readonly requests: Reports,
    private readonly datasets: DatasetStore,
    private readonly models: ModelViews,
  ) {}

  @Query(() => Report, { nullable: true })
  async report(@Arg('id', () => ID) id: string, @Ctx() { viewer }: Context): Promise<Report | null> {
    const record = await this.store.find(viewer.organizationId, id);
    return record && new Report(record);
  }

  @Query(() => [Report], { description: 'The last hundred, the newest first.' })
  async reports(@Ctx() { viewer }: Context): Promise<Report[]> {
    return (await this.store.list(viewer.organizationId)).map((record) => new Report(record));
  }

  @Mutation(() => Job, {
    description:
      "Makes a report; the job's result has its reportId. What was asked before of the same data is there at once.",
  })
  createReport(
    @Arg('input', () => ReportInput) { datasetId, modelId, segments, groupBy }: ReportInput,
    @Arg('idempotencyKey', () => String, { nullable: true }) idempotencyKey: string | null | undefined,
    @Ctx() { viewer }: Context,
  ): Promise<Job> {
    return this.requests.request(
      viewer.organizationId,
      { datasetId, modelId: modelId ?? null, segments: segments ?? null, groupBy: groupBy ?? null },
      checkedKey(idempotencyKey),
    );
  }

  @FieldResolver(() => Dataset, { nullable: true })
  dataset(@Root() { record }: Report, @Ctx() { viewer }: Context): Promise<Dataset | null> {
    return this.datasets.find(viewer.organizationId, record.datasetId);
  }

  @FieldResolver(() => Model, {
    nullable: true,
    description: 'The model that was applied; null: one was trained for the report.',
  })
  async model(@Root() { record }: Report, @Ctx() { viewer }: Context): Promise<Model | null> {
    return record.modelId === null ? null : this.models.find(viewer.organizationId, record.modelId);
  }
}
