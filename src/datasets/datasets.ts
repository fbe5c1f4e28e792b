import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { checkText } from '../check-text';
import { ClientError } from '../errors';
import { asUuid } from '../uuid';
import type { DatasetFiles } from './dataset-files';
import type { DatasetStore } from './dataset-store';
import type { DatasetUsage } from './dataset-usage';

const LONGEST_NAME = 200;

export interface DatasetsOptions {
  readonly store: DatasetStore;
  readonly files: DatasetFiles;
  /** The largest upload, in bytes. */
  readonly maxBytes: number;
  readonly quota: DatasetQuota;
  /** Told when there is a job to do. */
  readonly onJob: () => void;
}

/** How much an organization may have. */
export interface DatasetQuota {
  /** Before a data set is received. @throws ClientError when there is no room already. */
  admit(organizationId: string): Promise<void>;
  limits(organizationId: string): Promise<DatasetUsage>;
  refusal(what: keyof DatasetUsage, limit: number): ClientError;
}

export interface NewUpload {
  readonly name: string;
  /** The branch that it is of; null: of none. */
  readonly branchId: string | null;
  readonly body: Readable;
}

export interface Upload {
  readonly id: string;
  readonly sha256: string;
  readonly jobId: string;
}

/** Takes data sets in, and removes them. */
export class Datasets {
  constructor(private readonly options: DatasetsOptions) {}

  /**
   * Stores the bytes as they come, and queues the job that reads them.
   *
   * @throws ClientError BAD_USER_INPUT, NOT_FOUND (the branch), DUPLICATE_DATASET (with `datasetId`), QUOTA_EXCEEDED.
   */
  async upload(organizationId: string, { name, branchId, body }: NewUpload): Promise<Upload> {
    checkText('name', name, LONGEST_NAME);
    const { store, files, maxBytes, quota, onJob } = this.options;
    const branch = branchId === null ? null : asUuid(branchId);
    if (branchId !== null && branch === null) throw noBranch(branchId);
    await quota.admit(organizationId);
    const id = randomUUID();
    const { sha256, bytes } = await files.receive(id, body, maxBytes);
    try {
      if (bytes === 0)
        throw new ClientError('BAD_USER_INPUT', 'The body is empty: send the CSV file as the body');
      const limits = await quota.limits(organizationId);
      const added = await store.add({
        id,
        organizationId,
        name: name.trim(),
        sha256,
        bytes,
        branchId: branch,
        limits,
      });
      if ('noBranch' in added) throw noBranch(added.noBranch);
      if ('duplicateOf' in added) throw duplicate(added.duplicateOf);
      if ('full' in added) throw quota.refusal(added.full, limits[added.full]);
      onJob();
      return { id, sha256, jobId: added.jobId };
    } catch (error) {
      await files.removeUpload(id);
      throw error;
    }
  }

  /**
   * Deletes a data set, its table and its reports.
   *
   * @returns false when there is none.
   * @throws ClientError BAD_USER_INPUT that names the model or the job that needs it.
   */
  async remove(organizationId: string, id: string): Promise<boolean> {
    const { store, files } = this.options;
    const answer = await store.remove(organizationId, id);
    if ('neededBy' in answer)
      throw new ClientError('BAD_USER_INPUT', `The data set ${id} is needed by ${answer.neededBy}`);
    if (answer.removed) await files.removeAll(id);
    return answer.removed;
  }
}

function noBranch(id: string): ClientError {
  return new ClientError('NOT_FOUND', `branch: there is no branch "${id}".`);
}

function duplicate(datasetId: string): ClientError {
  return new ClientError('DUPLICATE_DATASET', `The same bytes are data set ${datasetId} already`, {
    datasetId,
  });
}
