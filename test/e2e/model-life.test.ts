import { LocalScorer } from '../../src/inference/local-scorer';
import { manifestOf } from '../../src/onnx/segmentation-model';
import {
  AssignDocument,
  CancelJobDocument,
  CreateReportDocument,
  DatasetDocument,
  DeleteDatasetDocument,
  MemberModelDocument,
  ModelHistoryDocument,
  PromoteDocument,
  ReportDocument,
  RollbackDocument,
  TrainedModelDocument,
  TrainModelDocument,
  type TrainModelMutationVariables,
} from '../client/generated';
import { useGateway } from './gateway';
import { endOfJob, uploadCsv } from './jobs-of';
import { plantedCsv } from './planted-csv';
import { describeEachStorage } from './storages';

type Input = TrainModelMutationVariables['input'];

describeEachStorage((open) => {
  const gateway = useGateway(open);
  let datasetId: string;
  beforeAll(async () => {
    datasetId = await uploadCsv(gateway.url, plantedCsv(240, 3), 'people');
  });

  const request = (input: Partial<Input> = {}): Input => ({
    name: 'people',
    datasetId,
    task: 'SEGMENTATION',
    algorithm: 'NMF',
    encoding: [{ column: 'branch', kind: 'IGNORE' }],
    ...input,
  });
  const train = async (input: Partial<Input> = {}) => {
    const { trainModel } = await gateway.client.run(TrainModelDocument, { input: request(input) });
    return endOfJob(gateway.url, trainModel.id);
  };
  const trained = async (input: Partial<Input> = {}) => {
    const { status, error, result } = await train(input);
    if (status !== 'SUCCEEDED') throw new Error(String(error));
    const { modelId } = result as { modelId: string };
    const { model } = await gateway.client.run(TrainedModelDocument, { id: modelId });
    if (model === null) throw new Error('The model is not there');
    return model;
  };

  it('finds planted segments, says how, and does so again for the same seed', async () => {
    const model = await trained({ segmentRange: [2, 5] });
    expect(model).toMatchObject({
      name: 'people',
      task: 'SEGMENTATION',
      algorithm: 'NMF',
      aliases: ['challenger'],
      dataset: { id: datasetId },
      metrics: {
        recommendedSegments: 3,
        reconstructionError: expect.any(Number),
        iterations: expect.any(Number),
      },
    });
    expect(model.segments.map(({ number }) => number)).toEqual([1, 2, 3]);
    expect(
      (model.metrics as { candidates: { segments: number }[] }).candidates.map((c) => c.segments),
    ).toEqual([2, 3, 4, 5]);
    const again = await trained({ segments: 3 });
    expect(again.version).toBe(model.version + 1);
    expect(again.heatmap).toEqual(model.heatmap);
  });

  it.each(['NMF', 'KMEANS'] as const)('gives a %s file that runs without the gateway', async (algorithm) => {
    const { id, segments } = await trained({ segments: 3, algorithm });
    const response = await fetch(`${gateway.url}/models/${id}.onnx`);
    expect(response.status).toBe(200);
    const file = new Uint8Array(await response.arrayBuffer());
    expect(manifestOf(file, id)).toMatchObject({ name: 'people', algorithm, segments: expect.anything() });
    const scorer = await LocalScorer.open(file);
    const rows = new Float32Array(3 * scorer.featureCount);
    for (let s = 0; s < 3; s++)
      rows.fill(1, s * scorer.featureCount + s * 4, s * scorer.featureCount + s * 4 + 4);
    const { segments: found } = await scorer.score(rows);
    await scorer.close();
    expect([...found].sort()).toEqual([0, 1, 2]);
    expect(segments).toHaveLength(3);
  });

  it('serves what is promoted, goes back, and tells who did it', async () => {
    const { id, version } = await trained({ name: 'nomads', segments: 3 });
    expect(version).toBeGreaterThan(1);
    await gateway.client.run(PromoteDocument, { modelId: id });
    const features = ['a', 'b', 'c', 'd'].map((letter) => ({
      key: `likes${letter.toUpperCase()}`,
      value: 1,
    }));
    const input = { userId: 'ana', city: 'Lisbon', features };
    const { assignCluster } = await gateway.client.run(AssignDocument, { input });
    expect(assignCluster.cluster).not.toBeNull();
    const { member } = await gateway.client.run(MemberModelDocument, { userId: 'ana' });
    expect(member?.assignment.model).toEqual({ id, version });

    const { rollbackModel } = await gateway.client.run(RollbackDocument, { name: 'nomads' });
    expect(rollbackModel).toMatchObject({ id: 'nomads-1', aliases: ['champion'] });
    const { modelHistory } = await gateway.client.run(ModelHistoryDocument, { name: 'nomads' });
    expect(modelHistory.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['ROLLED_BACK', 'PROMOTED']),
    );
    expect(await gateway.client.refusal(AssignDocument, { input })).toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('keeps a data set that a model was trained on', async () => {
    const { version } = await trained({ name: 'needy', segments: 2 });
    const refusal = await gateway.client.refusal(DeleteDatasetDocument, { id: datasetId });
    expect(refusal.code).toBe('BAD_USER_INPUT');
    expect(refusal.message).toMatch(/is needed by model "(people|nomads|needy)" version \d/);
    expect(version).toBe(1);
    expect((await gateway.client.run(DatasetDocument, { id: datasetId })).dataset?.status).toBe('READY');
  });

  it.each<[string, Partial<Input>, RegExp]>([
    ['too few segments', { segments: 1 }, /^segments: 1 is not from 2 to 20/],
    ['a range upside down', { segmentRange: [5, 3] }, /^segmentRange is \[5, 3\]/],
    ['half a range', { segmentRange: [3] }, /^segmentRange/],
    ['a negative seed', { seed: -1 }, /^seed is -1/],
    ['no name', { name: ' ' }, /name/],
    ['a data set that is not there', { datasetId: 'none' }, /^datasetId: there is no data set "none"/],
  ])('refuses %s at once', async (_what, input, message) => {
    const refusal = await gateway.client.refusal(TrainModelDocument, { input: request(input) });
    expect(refusal.message).toMatch(message);
  });

  it('fails with the name of the column that is wrong', async () => {
    const job = await train({ encoding: [{ column: 'branch', kind: 'NUMBER' }] });
    expect(job).toMatchObject({ status: 'FAILED', error: expect.stringContaining('"branch"') });
    const other = await train({ encoding: [{ column: 'nowhere', kind: 'NUMBER' }] });
    expect(other).toMatchObject({ status: 'FAILED', error: expect.stringContaining('"nowhere"') });
  });

  it('cancels a training within its stride', async () => {
    const csv = plantedCsv(60_000, 5, 7);
    const big = await uploadCsv(gateway.url, csv, 'big');
    const { trainModel } = await gateway.client.run(TrainModelDocument, {
      input: request({ datasetId: big }),
    });
    await gateway.client.run(CancelJobDocument, { id: trainModel.id });
    expect(await endOfJob(gateway.url, trainModel.id)).toMatchObject({ status: 'CANCELLED', result: null });
  });

  it('knows a repeated request by its key', async () => {
    const variables = { input: request({ segments: 2 }), idempotencyKey: 'once' };
    const first = await gateway.client.run(TrainModelDocument, variables);
    const second = await gateway.client.run(TrainModelDocument, variables);
    expect(second.trainModel.id).toBe(first.trainModel.id);
    await endOfJob(gateway.url, first.trainModel.id);
  });

  it('reports on a data set, and has the same report at once when it is asked again', async () => {
    const input = { datasetId, segments: 3, groupBy: 'branch' };
    const { createReport } = await gateway.client.run(CreateReportDocument, { input });
    const job = await endOfJob(gateway.url, createReport.id);
    expect(job).toMatchObject({ status: 'SUCCEEDED' });
    const { reportId } = job.result as { reportId: string };
    const { report } = await gateway.client.run(ReportDocument, { id: reportId });
    expect(report).toMatchObject({ segments: 3, groupBy: 'branch', dataset: { id: datasetId }, model: null });

    const again = await gateway.client.run(CreateReportDocument, { input });
    expect(again.createReport).toMatchObject({ status: 'SUCCEEDED', result: { reportId } });
    expect(again.createReport.id).not.toBe(createReport.id);

    const page = await fetch(gateway.url + report?.htmlPath);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await page.text()).toContain('<svg');
    const table = await fetch(gateway.url + report?.csvPath);
    expect(table.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect((await table.text()).split('\n').length).toBeGreaterThan(20);
  });

  it('reports by a model, and refuses a column that is not there', async () => {
    const { id: modelId } = await trained({ segments: 3 });
    const { createReport } = await gateway.client.run(CreateReportDocument, {
      input: { datasetId, modelId },
    });
    const { result } = await endOfJob(gateway.url, createReport.id);
    const { report } = await gateway.client.run(ReportDocument, {
      id: (result as { reportId: string }).reportId,
    });
    expect(report).toMatchObject({ model: { id: modelId } });
    const wrong = { datasetId, modelId, groupBy: 'nowhere' };
    expect((await gateway.client.refusal(CreateReportDocument, { input: wrong })).message).toContain(
      'nowhere',
    );
  });

  it.each(['/models/none.onnx', '/reports/none.html', '/reports/none.csv'])(
    'has nothing at %s',
    async (path) => {
      expect((await fetch(gateway.url + path)).status).toBe(404);
    },
  );
});
