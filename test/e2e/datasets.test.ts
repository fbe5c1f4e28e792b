import { createHash, randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  DatasetDocument,
  DatasetsDocument,
  DeleteDatasetDocument,
  JobDocument,
  WatchJobDocument,
} from '../client/generated';
import { useGateway } from './gateway';
import { endOfJob } from './jobs-of';
import { describeEachStorage } from './storages';
import { Subscription } from './subscription';

const CSV = `likes,spent\n${'"Surf, Running",12.5\nMuseums,3\n"Museums, Surf",0\n'.repeat(10)}`;

describeEachStorage((open) => {
  const gateway = useGateway(open, { DATASET_MAX_BYTES: '1000000', DATASET_MAX_ROWS: '1000' });

  const upload = (body: string, name = 'survey', headers: Record<string, string> = {}) =>
    fetch(`${gateway.url}/datasets?name=${encodeURIComponent(name)}`, { method: 'POST', body, headers });
  const accepted = async (response: Response) => {
    expect(response.status).toBe(202);
    return (await response.json()) as { id: string; sha256: string; jobId: string };
  };
  const end = (id: string) => endOfJob(gateway.url, id);
  const dataset = async (id: string) => (await gateway.client.run(DatasetDocument, { id })).dataset;
  const files = async () => {
    const folder = join(gateway.environment['DATA_DIR'] as string, 'files');
    const names = await Promise.all(['uploads', 'datasets'].map((name) => readdir(join(folder, name))));
    return names.flat();
  };

  it('reads an upload into a table and says what is in it', async () => {
    const { id, jobId, sha256 } = await accepted(await upload(CSV));
    expect(await end(jobId)).toMatchObject({
      kind: 'INGEST',
      status: 'SUCCEEDED',
      progress: 1,
      result: { datasetId: id },
    });
    expect(await dataset(id)).toMatchObject({
      id,
      name: 'survey',
      sha256,
      bytes: Buffer.byteLength(CSV),
      rows: 30,
      status: 'READY',
      error: null,
      columns: [
        { name: 'likes', type: 'TEXT', suggestedEncoding: { kind: 'MULTI_CHOICE' } },
        { name: 'spent', type: 'NUMBER', missing: 0, min: '0.0', suggestedEncoding: { kind: 'NUMBER' } },
      ],
    });
    expect(await files()).toContain(`${id}.parquet`);
    expect(await files()).not.toContain(`${id}.csv`);
  });

  it('takes a file of a form, and its name', async () => {
    const form = new FormData();
    form.set('file', new Blob(['a,b\n1,2\n']), 'people.csv');
    const response = await fetch(`${gateway.url}/datasets`, { method: 'POST', body: form });
    const { id, jobId } = await accepted(response);
    expect(await end(jobId)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await dataset(id)).toMatchObject({ name: 'people.csv', rows: 1 });
  });

  it.each([
    ['two files', ['a.csv', 'b.csv'], /several files/],
    ['no file', [], /no file/],
  ])('refuses a form with %s', async (_what, names, message) => {
    const before = await files();
    const form = new FormData();
    form.set('note', 'x');
    for (const name of names) form.set(name, new Blob([`a,b\n${randomUUID()},1\n`]), name);
    const response = await fetch(`${gateway.url}/datasets?name=form`, { method: 'POST', body: form });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { message: expect.stringMatching(message) } });
    expect(await files()).toEqual(before);
  });

  const OPENED = '--B\r\nContent-Disposition: form-data; name="f"; filename="q.csv"\r\n\r\na,b\n1,2\n';
  it.each([
    ['that ends before its end', 'multipart/form-data; boundary=B', OPENED],
    ['with another boundary', 'multipart/form-data; boundary=C', OPENED],
    ['without a boundary', 'multipart/form-data', OPENED],
  ])('refuses a form %s', async (_what, type, body) => {
    const before = await files();
    const response = await upload(body, 'form', { 'content-type': type });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code: 'BAD_USER_INPUT', message: expect.stringMatching(/form cannot be read/) },
    });
    expect(await files()).toEqual(before);
  });

  it('keeps every byte, however many come before anybody takes them', async () => {
    const csv = `a\n${'123456789\n'.repeat(999)}`;
    const { sha256 } = await accepted(await upload(csv));
    expect(sha256).toBe(createHash('sha256').update(csv).digest('hex'));
  });

  it('knows the same bytes again, also when they race', async () => {
    const csv = `a\n${randomUUID()}\n`;
    const answers = await Promise.all(Array.from({ length: 6 }, (_, i) => upload(csv, `copy ${i}`)));
    const first = answers.filter(({ status }) => status === 202);
    expect(first).toHaveLength(1);
    const { id } = (await (first[0] as Response).json()) as { id: string };
    for (const answer of answers.filter((one) => one !== first[0])) {
      expect(answer.status).toBe(409);
      expect(await answer.json()).toMatchObject({ error: { code: 'DUPLICATE_DATASET', datasetId: id } });
    }
    expect((await files()).filter((name) => name.startsWith(id))).toHaveLength(1);
  });

  it('tells what is wrong with a file, keeps nothing of it, and takes it again', async () => {
    const ragged = `a,b\n1,2\n3,4,5\n${randomUUID()},6\n`;
    for (let time = 0; time < 2; time++) {
      const { id, jobId } = await accepted(await upload(ragged));
      const job = await end(jobId);
      expect(job).toMatchObject({ status: 'FAILED', error: expect.stringMatching(/line 3/i) });
      expect(await dataset(id)).toMatchObject({ status: 'FAILED', error: job?.error, columns: [] });
      expect((await files()).filter((name) => name.startsWith(id))).toEqual([]);
    }
  });

  it.each([
    ['nothing', '', 400, /empty/],
    ['too many bytes', `a\n${'x'.repeat(1_000_000)}\n`, 400, /larger than 1000000 bytes/],
  ])('refuses %s', async (_what, body, status, message) => {
    const before = await files();
    const response = await upload(body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({
      error: { code: 'BAD_USER_INPUT', message: expect.stringMatching(message) },
    });
    expect(await files()).toEqual(before);
  });

  it('refuses too many rows', async () => {
    const { jobId } = await accepted(await upload(`a\n${'1\n'.repeat(1001)}`));
    expect(await end(jobId)).toMatchObject({ status: 'FAILED', error: expect.stringContaining('1000') });
  });

  it.each([
    ['/datasets', /no name/],
    ['/datasets?name=', /name/],
    ['/datasets?name=a&name=b', /once/],
    ['/datasets?name=%FF', /UTF-8/],
    [`/datasets?name=${'n'.repeat(201)}`, /200/],
  ])('refuses the address %s', async (path, message) => {
    const response = await fetch(gateway.url + path, { method: 'POST', body: CSV });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { message: expect.stringMatching(message) } });
  });

  it('lists the newest first, and deletes', async () => {
    const { id, jobId } = await accepted(await upload(`last\n${randomUUID()}\n`, 'last'));
    await end(jobId);
    const { datasets } = await gateway.client.run(DatasetsDocument, { first: 1 });
    expect(datasets.edges[0]?.node).toEqual({ id, name: 'last' });
    expect(datasets.pageInfo.hasNextPage).toBe(true);
    const next = await gateway.client.run(DatasetsDocument, { first: 1, after: datasets.pageInfo.endCursor });
    expect(next.datasets.edges[0]?.node.id).not.toBe(id);

    const written = id.toUpperCase();
    expect(await gateway.client.run(DeleteDatasetDocument, { id: written })).toEqual({ deleteDataset: true });
    expect(await gateway.client.run(DeleteDatasetDocument, { id })).toEqual({ deleteDataset: false });
    expect(await dataset(id)).toBeNull();
    expect((await files()).filter((name) => name.startsWith(id))).toEqual([]);
  });

  it('lists on after a data set that was deleted meanwhile', async () => {
    const made: string[] = [];
    for (let n = 0; n < 4; n++) {
      const { id, jobId } = await accepted(await upload(`n\n${randomUUID()}\n`));
      await end(jobId);
      made.unshift(id);
    }
    const page = async (after: string | null) =>
      (await gateway.client.run(DatasetsDocument, { first: 2, after })).datasets;
    const { edges, pageInfo } = await page(null);
    for (const { node } of edges) await gateway.client.run(DeleteDatasetDocument, { id: node.id });
    const rest = await page(pageInfo.endCursor);
    expect([...edges, ...rest.edges].map(({ node }) => node.id)).toEqual(made);
  });

  it('knows no job and no data set that is not there', async () => {
    for (const id of [randomUUID(), 'nonsense']) {
      expect(await dataset(id)).toBeNull();
      expect(await gateway.client.run(JobDocument, { id })).toEqual({ job: null });
      const watch = new Subscription(gateway.url, WatchJobDocument, { id });
      expect((await watch.refused())[0]).toMatchObject({ extensions: { code: 'NOT_FOUND' } });
    }
  });
});
