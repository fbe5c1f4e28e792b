import { ClientError } from '../errors';
import type { DatasetRecord } from './dataset';
import type { DatasetStore } from './dataset-store';

/**
 * A data set to work on.
 *
 * @throws ClientError NOT_FOUND, or BAD_USER_INPUT when it is not READY.
 */
export async function readyDataset(
  store: DatasetStore,
  organizationId: string,
  id: string,
): Promise<DatasetRecord> {
  const dataset = await store.find(organizationId, id);
  if (dataset === null) throw new ClientError('NOT_FOUND', `datasetId: there is no data set "${id}"`);
  if (dataset.status === 'PENDING')
    throw new ClientError(
      'BAD_USER_INPUT',
      `datasetId: the data set "${id}" is still being read: wait until it is READY`,
    );
  if (dataset.status === 'FAILED')
    throw new ClientError(
      'BAD_USER_INPUT',
      `datasetId: the data set "${id}" cannot be used: ${dataset.error}`,
    );
  return dataset;
}
