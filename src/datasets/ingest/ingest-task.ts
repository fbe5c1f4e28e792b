import type { TaskName } from '../../jobs/task';
import type { IngestFileInput, IngestFileOutput } from './ingest-file';

export const ingestFile: TaskName<IngestFileInput, IngestFileOutput> = {
  module: 'datasets/ingest/ingest-file',
};
