import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import type { DatasetStore } from '../datasets/dataset-store';
import { readyDataset } from '../datasets/ready-dataset';
import type { JobRunner } from '../jobs/job-runner';
import type { JobStore } from '../jobs/job-store';
import { checkTrainingRequest, type TrainingRequest } from '../models/training/training-request';
import { Dataset } from '../schema/dataset';
import { Job } from '../schema/job';
import { Model } from '../schema/model';
import { TrainModelInput } from '../schema/training';
import type { Context } from './context';
import { checkedKey } from './idempotency-key';

@Resolver(() => Model)
export class TrainingResolver {
  constructor(
    private readonly datasets: DatasetStore,
    private readonly jobs: JobStore,
    private readonly runner: JobRunner,
  ) {}

  @Mutation(() => Job, {
    description:
      "Trains the next version of a name; the job's result has its modelId. A repeated idempotencyKey answers with the first job.",
  })
  async trainModel(
    @Arg('input', () => TrainModelInput) input: TrainModelInput,
    @Arg('idempotencyKey', () => String, { nullable: true }) idempotencyKey: string | null | undefined,
    @Ctx() { viewer }: Context,
  ): Promise<Job> {
    const { organizationId } = viewer;
    const dataset = await readyDataset(this.datasets, organizationId, input.datasetId);
    const request: TrainingRequest = {
      name: input.name.trim(),
      datasetId: dataset.id,
      algorithm: input.algorithm,
      segments: input.segments ?? null,
      segmentRange: (input.segmentRange as [number, number] | null | undefined) ?? null,
      seed: input.seed ?? 42,
      encoding: input.encoding ?? [],
      by: viewer.actor,
    };
    checkTrainingRequest(request);
    const job = await this.jobs.submit({
      organizationId,
      kind: 'TRAIN',
      input: request,
      datasetId: dataset.id,
      idempotencyKey: checkedKey(idempotencyKey),
    });
    this.runner.wake();
    return job;
  }

  @FieldResolver(() => Dataset, {
    nullable: true,
    description: 'What it was trained on; null: not here.',
  })
  async dataset(@Root() { serving }: Model, @Ctx() { viewer }: Context): Promise<Dataset | null> {
    return serving.datasetId === null ? null : this.datasets.find(viewer.organizationId, serving.datasetId);
  }
}
