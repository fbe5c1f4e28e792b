import { ClientError } from '../../errors';
import type { JobHandler } from '../../jobs/job';
import { runTask } from '../../jobs/run-task';
import type { DatasetFiles } from '../dataset-files';
import type { DatasetStore } from '../dataset-store';
import { ingestFile } from './ingest-task';

export interface IngestInput {
  readonly datasetId: string;
}

export interface IngestOptions {
  readonly store: DatasetStore;
  readonly files: DatasetFiles;
  /** The most rows that a data set may have. */
  readonly maxRows: number;
}

/** Reads an upload into the table that it says it is. */
export function ingestHandler({
  store,
  files,
  maxRows,
}: IngestOptions): JobHandler<IngestInput, IngestInput> {
  return {
    kind: 'INGEST',
    async run({ organizationId, input: { datasetId } }, control) {
      const dataset = await store.find(organizationId, datasetId);
      if (dataset === null || dataset.status === 'FAILED')
        throw new ClientError('NOT_FOUND', dataset?.error ?? `There is no data set ${datasetId}`);
      if (dataset.status === 'PENDING') {
        const { rows, columns } = await runTask(
          ingestFile,
          { source: files.upload(datasetId), target: files.table(datasetId), maxRows },
          control,
        ).catch(async (error: unknown) => {
          await files.removeParts(datasetId);
          throw error;
        });
        await files.keepTable(datasetId);
        await store.ready(organizationId, datasetId, rows, columns);
      }
      await files.removeUpload(datasetId);
      return { datasetId };
    },
    async ended({ organizationId, input: { datasetId } }, reason) {
      await store.failed(organizationId, datasetId, reason);
      await files.removeAll(datasetId);
    },
  };
}
