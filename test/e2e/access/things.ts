import {
  AssignDocument,
  CreateApiKeyDocument,
  CreateBranchDocument,
  CreateReportDocument,
  TrainModelDocument,
} from '../../client/generated';
import type { Client } from '../client';
import { endOfJob, uploadCsv } from '../jobs-of';
import { LIKES } from '../people';
import { plantedCsv } from '../planted-csv';
import type { Things } from './calls';

/** One of everything that an organization can own. */
export async function makeThings(admin: Client, userId: string): Promise<Things> {
  const { url, key } = admin;
  const { assignCluster } = await admin.run(AssignDocument, {
    input: { userId, city: 'Lisbon', interests: LIKES[1] },
  });
  const dataset = await uploadCsv(url, plantedCsv(60, 2, userId.length), 'people', key);
  const { trainModel } = await admin.run(TrainModelDocument, {
    input: { name: 'people', datasetId: dataset, task: 'SEGMENTATION', algorithm: 'NMF', segments: 2 },
  });
  const trained = await endOfJob(url, trainModel.id, key);
  const { modelId } = trained.result as { modelId: string };
  const { createReport } = await admin.run(CreateReportDocument, { input: { datasetId: dataset, modelId } });
  const reported = await endOfJob(url, createReport.id, key);
  const { createBranch } = await admin.run(CreateBranchDocument, { input: { name: 'Old Town' } });
  const { createApiKey } = await admin.run(CreateApiKeyDocument, { input: { role: 'APP', label: 'web' } });
  return {
    userId,
    city: 'Lisbon',
    room: assignCluster.room.id,
    dataset,
    model: modelId,
    job: trainModel.id,
    report: (reported.result as { reportId: string }).reportId,
    branch: createBranch.id,
    apiKey: createApiKey.key.id,
  };
}
