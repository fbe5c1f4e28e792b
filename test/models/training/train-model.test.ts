import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { task as ingestFile } from '../../../src/datasets/ingest/ingest-file';
import { readManifest } from '../../../src/models/read-manifest';
import { defaultModelFile } from '../../../src/models/shipped/default-model';
import { type TrainModelInput, task as trainModel } from '../../../src/models/training/train-model';
import { parseManifest } from '../../../src/onnx/manifest';
import { describeWithSharedData, sharedData } from '../../shared-data';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tertulia-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function train(source: string, more: Partial<TrainModelInput> = {}) {
  const parquet = join(folder, 'rows.parquet');
  const { columns } = await ingestFile.run({ source, target: parquet, maxRows: 1e6 }, () => {});
  const { manifest } = await trainModel.run(
    {
      parquet,
      columns,
      declared: [],
      name: 'nomads',
      algorithm: 'NMF',
      segments: 4,
      segmentRange: null,
      seed: 42,
      datasetHash: null,
      champion: null,
      takenKeys: [],
      createdAt: '2026-01-01T00:00:00.000Z',
      ...more,
    },
    () => {},
  );
  return parseManifest(JSON.stringify(manifest), 'what was trained');
}

async function write(csv: string): Promise<string> {
  const file = join(folder, 'input.csv');
  await writeFile(file, csv);
  return file;
}

describeWithSharedData('training on the survey', () => {
  const survey = join(sharedData, 'nomads/survey.csv');

  it("reaches the best known error, and carries on the champion's vocabulary and segments", async () => {
    const champion = await readManifest(defaultModelFile);
    const manifest = await train(survey, { champion });
    expect(manifest).toMatchObject({
      features: champion.features,
      groups: champion.groups,
      segments: champion.segments,
      metrics: { candidates: [], recommendedSegments: null, training: { rows: 115 } },
    });
    expect(manifest.metrics['reconstructionError']).toBeLessThanOrEqual(20.12832);
    const { segmentShares, featureMeans } = manifest.metrics['training'] as Record<
      string,
      Record<string, number>
    >;
    expect(Object.values(segmentShares ?? {}).reduce((a, b) => a + b)).toBeCloseTo(1);
    const means = Object.values(featureMeans ?? {});
    expect(means.reduce((a, b) => a + b) / means.length).toBeCloseTo(0.407, 3);
  });

  it('gives new segments new numbers and keys', async () => {
    const champion = await readManifest(defaultModelFile);
    const known = new Set(champion.segments.map(({ key }) => key));
    const { segments } = await train(survey, { champion, segments: 5 });
    expect(segments.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
    const added = segments[4];
    expect(known.has(added?.key ?? '')).toBe(false);
    const again = await train(survey, { champion, segments: 5, takenKeys: [added?.key ?? ''] });
    expect(again.segments[4]).toEqual({ ...added, key: `${added?.key}-2` });
  });
});

describe('training', () => {
  it.each<[string, string, Partial<TrainModelInput>, string]>([
    [
      'one row',
      'a,b\n1,2\n',
      {
        declared: [
          { column: 'a', kind: 'NUMBER' },
          { column: 'b', kind: 'NUMBER' },
        ],
      },
      'There is nothing to divide in 1 row:',
    ],
    [
      'one feature',
      'a,b\n1,x\n2,y\n',
      {
        declared: [
          { column: 'a', kind: 'NUMBER' },
          { column: 'b', kind: 'IGNORE' },
        ],
      },
      'There is nothing to divide in 1 feature',
    ],
    [
      'a column that is not there',
      'a,b\n1,x\n2,y\n',
      { declared: [{ column: 'c', kind: 'IGNORE' }] },
      'There is no column "c" to encode: the columns are "a", "b"',
    ],
  ])('refuses %s', async (_, csv, more, message) => {
    await expect(write(csv).then((file) => train(file, more))).rejects.toMatchObject({
      message: expect.stringContaining(message),
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });

  describe.each(['NMF', 'KMEANS'] as const)('%s', (algorithm) => {
    it('compares no more segments than there are different rows, where no range is asked for', async () => {
      const csv = `a,b,c,d,e,f,g,h\n${'1,1,0,0,0,0,0,0\n0,0,1,1,0,0,0,0\n0,0,0,0,1,1,0,0\n'.repeat(10)}`;
      const { metrics, segments } = await train(await write(csv), { algorithm, segments: null });
      const candidates = metrics['candidates'] as { segments: number }[];
      expect(candidates.map((candidate) => candidate.segments)).toEqual([2, 3]);
      expect(segments).toHaveLength(3);
      const asked = train(await write(csv), { algorithm, segments: null, segmentRange: [2, 8] });
      await expect(asked).rejects.toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
    });

    it('leaves out a comparison that nobody asked for and that few rows do not allow', async () => {
      const file = await write('a,b\n1,0\n0,1\n1,1\n');
      const { metrics } = await train(file, { algorithm, segments: 2, isCompared: true });
      expect(metrics).toMatchObject({ candidates: [], recommendedSegments: null });
    });
  });

  it('says which column a number stands for, and an answer that several have', async () => {
    const row = (i: number) =>
      `${1 + (i % 2)},${1 + (i % 3)},${i % 2 ? 'Often' : 'Never'},${i % 3 ? 'Often' : 'Rarely'}`;
    const csv = `Channel,Region,Tea,Mate\n${Array.from({ length: 30 }, (_, i) => row(i)).join('\n')}\n`;
    const declared = ['Channel', 'Region', 'Tea', 'Mate'].map(
      (column) => ({ column, kind: 'CATEGORY' }) as const,
    );
    const { features } = await train(await write(csv), { declared, segments: 2 });
    expect(features.map(({ label }) => label.en)).toEqual([
      'Channel 1',
      'Channel 2',
      'Region 1',
      'Region 2',
      'Region 3',
      'Never',
      'Often (Tea)',
      'Often (Mate)',
      'Rarely',
    ]);
  });
});
