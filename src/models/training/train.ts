import type { DatasetFiles } from '../../datasets/dataset-files';
import type { DatasetStore } from '../../datasets/dataset-store';
import { readyDataset } from '../../datasets/ready-dataset';
import type { JobHandler } from '../../jobs/job';
import { runTask } from '../../jobs/run-task';
import type { ModelRegistry } from '../registry/model-registry';
import { trainModel } from './train-task';
import type { TrainingRequest } from './training-request';

export interface TrainOptions {
  readonly datasets: DatasetStore;
  readonly files: DatasetFiles;
  readonly models: ModelRegistry;
}

/** Trains the next version of a name: its challenger. */
export function trainHandler(options: TrainOptions): JobHandler<TrainingRequest, { modelId: string }> {
  const { datasets, files, models } = options;
  return {
    kind: 'TRAIN',
    async run({ id: jobId, organizationId, input }, control) {
      const { name, datasetId, algorithm, segments, segmentRange, seed, encoding, by } = input;
      const dataset = await readyDataset(datasets, organizationId, datasetId);
      const champion = await models.championOf(organizationId, name);
      const earlier = await models.list(organizationId, name);
      const { manifest } = await files.withScratch((tempDirectory) =>
        runTask(
          trainModel,
          {
            parquet: files.table(datasetId),
            tempDirectory,
            columns: dataset.columns,
            declared: encoding,
            name,
            algorithm,
            segments,
            segmentRange,
            seed,
            datasetHash: dataset.sha256,
            champion: champion?.manifest ?? null,
            takenKeys: earlier.flatMap((model) => model.manifest.segments.map(({ key }) => key)),
            createdAt: new Date().toISOString(),
          },
          control,
        ),
      );
      const model = await models.add({ organizationId, manifest, datasetId, jobId, by });
      return { modelId: model.id };
    },
  };
}
