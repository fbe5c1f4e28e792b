import { randomInt } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AssignDocument,
  CitiesDocument,
  DatasetDocument,
  JobDocument,
  JobsDocument,
  MemberModelDocument,
  ModelsDocument,
  PromoteDocument,
  TrainModelDocument,
} from '../client/generated';
import { expectToLeadTo } from './city-fold';
import type { Client } from './client';
import { anyInterests, CITIES, listCity, listRooms, pick } from './crowd';
import { GatewayProcess } from './gateway-process';
import { endOfJob, uploadCsv } from './jobs-of';
import { plantedCsv } from './planted-csv';
import { embeddedStorage, useStorage } from './storages';
import { logOf } from './watcher';

/** A job that runs is stored twice a second. */
const LOOK_MS = 20;

describe('a gateway that is killed while a job runs', () => {
  const storage = useStorage(embeddedStorage);
  let gateway: GatewayProcess;
  let client: Client;
  const start = async () => {
    gateway = new GatewayProcess(storage.environment);
    client = await gateway.client;
  };
  /** Kills the gateway once the job runs, and starts another. @returns the job's end there. */
  const killDuring = async (
    id: string,
    isFarEnough: (job: { status: string; progress: number }) => boolean,
  ) => {
    for (;;) {
      const { job } = await client.run(JobDocument, { id });
      if (job === null || /SUCCEEDED|FAILED/.test(job.status))
        throw new Error(`Too late: ${JSON.stringify(job)}`);
      if (isFarEnough(job)) break;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    await gateway.kill('SIGKILL');
    await start();
    return endOfJob(client.url, id);
  };
  const isRunning = ({ status }: { status: string }) => status === 'RUNNING';
  const files = async () => {
    const root = join(storage.environment['DATA_DIR'] as string, 'files');
    const names = await Promise.all((await readdir(root)).map((folder) => readdir(join(root, folder))));
    return names.flat();
  };
  const train = (datasetId: string, name: string) =>
    client.run(TrainModelDocument, {
      input: { name, datasetId, task: 'SEGMENTATION', algorithm: 'NMF' },
    });
  beforeAll(start);
  afterAll(() => gateway.kill('SIGKILL'));

  it('reads the upload after all, and leaves no other file', async () => {
    const rows = 150_000;
    const response = await fetch(`${client.url}/datasets?name=big`, {
      method: 'POST',
      body: plantedCsv(rows, 4),
    });
    const { id, jobId } = (await response.json()) as { id: string; jobId: string };
    expect(await killDuring(jobId, isRunning)).toMatchObject({ status: 'SUCCEEDED' });
    expect((await client.run(DatasetDocument, { id })).dataset).toMatchObject({ status: 'READY', rows });
    expect(await files()).toEqual([`${id}.parquet`]);
  });

  it('trains the model after all, and only once', async () => {
    const datasetId = await uploadCsv(client.url, plantedCsv(5_000, 4, 2), 'people');
    const { trainModel } = await train(datasetId, 'people');
    const job = await killDuring(trainModel.id, ({ progress }) => progress > 0);
    expect(job).toMatchObject({ status: 'SUCCEEDED' });
    const { models } = await client.run(ModelsDocument, { name: 'people' });
    expect(models.map(({ id, version }) => ({ id, version }))).toEqual([
      { id: (job.result as { modelId: string }).modelId, version: 1 },
    ]);
  });

  it('assigns all members anew after all, and the log leads to the rooms', async () => {
    const people = Array.from({ length: 300 }, (_, i) => `person ${i}`);
    await Promise.all(
      people.map((userId) =>
        client.run(AssignDocument, { input: { userId, city: pick(CITIES), interests: anyInterests() } }),
      ),
    );
    const datasetId = await uploadCsv(client.url, likesCsv(300), 'likes');
    const { trainModel } = await train(datasetId, 'nomads');
    const { result } = await endOfJob(client.url, trainModel.id);
    const { modelId } = result as { modelId: string };
    await client.run(PromoteDocument, { modelId });
    const { jobs } = await client.run(JobsDocument, { first: 1 });
    const recluster = jobs.edges[0]?.node;
    expect(recluster?.kind).toBe('RECLUSTER');
    const end = await killDuring(String(recluster?.id), ({ progress }) => progress > 0);
    expect(end).toMatchObject({ status: 'SUCCEEDED' });

    for (const userId of people) {
      const { member } = await client.run(MemberModelDocument, { userId });
      expect(member?.assignment.model.id).toBe(modelId);
    }
    const { cities } = await client.run(CitiesDocument, {});
    for (const { node } of cities.edges) {
      const city = await listCity(client, node.name);
      const fold = expectToLeadTo(city, await logOf(client.url, city.name, city.seq));
      expect(await listRooms(client, city.name)).toEqual(fold.roomOf);
    }
  });
});

const INTERESTS = [
  'climbing',
  'surf',
  'museums',
  'theaters',
  'parties',
  'drinks',
  'coffee',
  'sushi',
  'movies',
];

/** A table of some of the app's own interests, a column each. */
function likesCsv(rows: number): string {
  const lines = Array.from({ length: rows }, (_, row) =>
    INTERESTS.map((_interest, i) => Number(i % 3 === row % 3 || randomInt(5) === 0)).join(','),
  );
  return `${INTERESTS.join(',')}\n${lines.join('\n')}\n`;
}
