import type { DatasetRecord } from '../datasets/dataset';
import type { DatasetFiles } from '../datasets/dataset-files';
import type { DatasetStore } from '../datasets/dataset-store';
import { readyDataset } from '../datasets/ready-dataset';
import { ClientError } from '../errors';
import type { JobControl, JobHandler, JobRecord } from '../jobs/job';
import type { JobStore } from '../jobs/job-store';
import { runTask } from '../jobs/run-task';
import type { ModelRegistry } from '../models/registry/model-registry';
import type { ServingModel } from '../models/registry/serving-model';
import { trainModel } from '../models/training/train-task';
import { checkSegments } from '../models/training/training-request';
import type { SegmentationManifest } from '../onnx/manifest';
import { buildReport } from './build/report-task';
import { findGroupColumn } from './group-column';
import { reportKey } from './report-key';
import type { ReportParameters, ReportStore } from './report-store';

/** Of the models that are trained for a report alone. */
const SEED = 42;
/** Where the training ends and the reading begins, of a report with a model of its own. */
const TRAINED = 0.7;

export interface ReportsOptions {
  readonly store: ReportStore;
  readonly datasets: DatasetStore;
  readonly files: DatasetFiles;
  readonly models: ModelRegistry;
  readonly jobs: JobStore;
  /** Told when there is a job to do. */
  readonly onJob: () => void;
}

/** Makes reports, each question's once. */
export class Reports implements JobHandler<ReportParameters, { reportId: string }> {
  readonly kind = 'REPORT';

  constructor(private readonly options: ReportsOptions) {}

  /**
   * Queues a report; a question that was answered before has its job done at once.
   *
   * @throws ClientError NOT_FOUND, BAD_USER_INPUT.
   */
  async request(
    organizationId: string,
    parameters: ReportParameters,
    idempotencyKey: string | null,
  ): Promise<JobRecord> {
    const { store, jobs, onJob } = this.options;
    const { modelId, segments } = parameters;
    if (modelId !== null && segments !== null)
      throw new ClientError('BAD_USER_INPUT', 'modelId and segments: give one of them, or none to choose.');
    if (segments !== null) checkSegments('segments', segments);
    const { key, dataset } = await this.#question(organizationId, parameters);
    const reportId = await store.findByKey(organizationId, key);
    const result = reportId === null ? undefined : { reportId };
    const job = await jobs.submit({
      organizationId,
      kind: 'REPORT',
      input: { ...parameters, datasetId: dataset.id },
      datasetId: dataset.id,
      result,
      idempotencyKey,
    });
    if (reportId === null) onJob();
    return job;
  }

  async run(
    { organizationId, input }: JobRecord & { readonly input: ReportParameters },
    control: JobControl,
  ): Promise<{ reportId: string }> {
    const { store, files } = this.options;
    const { key, dataset, applied, vocabulary } = await this.#question(organizationId, input);
    const known = await store.findByKey(organizationId, key);
    if (known !== null) return { reportId: known };
    const content = await files.withScratch(async (tempDirectory) => {
      const table = { parquet: files.table(dataset.id), tempDirectory, columns: dataset.columns };
      const createdAt = new Date().toISOString();
      const manifest = applied?.manifest ?? (await this.#train(table, dataset, vocabulary, input, control));
      return runTask(
        buildReport,
        {
          ...table,
          dataset: { name: dataset.name, sha256: dataset.sha256 },
          manifest,
          modelVersion: applied?.version ?? null,
          seed: applied === null ? SEED : null,
          groupBy: input.groupBy,
          createdAt,
        },
        applied === null ? part(control, TRAINED, 1) : control,
      );
    });
    return { reportId: await store.add(organizationId, key, input, content) };
  }

  async #question(organizationId: string, { datasetId, modelId, segments, groupBy }: ReportParameters) {
    const { datasets, models } = this.options;
    const dataset = await readyDataset(datasets, organizationId, datasetId);
    if (groupBy !== null) findGroupColumn(dataset.columns, groupBy);
    const applied = modelId === null ? null : await models.get(organizationId, modelId);
    const champion = await models.championOf(organizationId, models.defaultModel(organizationId));
    const vocabulary = applied ?? (champion !== null && isRelated(dataset, champion) ? champion : null);
    const key = reportKey({
      datasetHash: dataset.sha256,
      manifest: vocabulary?.manifest ?? null,
      modelVersion: applied?.version ?? null,
      segments,
      seed: applied === null ? SEED : null,
      groupBy,
    });
    return { key, dataset, applied, vocabulary };
  }

  async #train(
    table: Table,
    dataset: DatasetRecord,
    vocabulary: ServingModel | null,
    { segments }: ReportParameters,
    control: JobControl,
  ): Promise<SegmentationManifest> {
    const { manifest } = await runTask(
      trainModel,
      {
        ...table,
        declared: [],
        name: dataset.name,
        algorithm: 'NMF',
        segments,
        segmentRange: null,
        isCompared: true,
        seed: SEED,
        datasetHash: dataset.sha256,
        champion: vocabulary?.manifest ?? null,
        takenKeys: [],
        createdAt: new Date().toISOString(),
      },
      part(control, 0, TRAINED),
    );
    return manifest;
  }
}

interface Table {
  readonly parquet: string;
  readonly tempDirectory: string;
  readonly columns: DatasetRecord['columns'];
}

/** Whether a data set has columns of the model: if not, its segments are others, and are counted from 1. */
function isRelated({ columns }: DatasetRecord, { manifest: { encoding, features } }: ServingModel): boolean {
  const known = new Set([...encoding.map(({ column }) => column), ...features.map(({ key }) => key)]);
  return columns.some(({ name }) => known.has(name));
}

/** The control of a part of the work, whose progress goes from one share of the whole to another. */
function part({ report, signal }: JobControl, from: number, to: number): JobControl {
  return { signal, report: (progress, message) => report(from + progress * (to - from), message) };
}
