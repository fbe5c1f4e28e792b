import { join } from 'node:path';
import { quoteLiteral } from '../../../src/datasets/table/duckdb';
import { type BuildReportInput, task } from '../../../src/reports/build/build-report';
import type { ReportContent } from '../../../src/reports/report';
import { openWorkplace, rowsSql, type Workplace } from '../../datasets/encoding/encoding-tables';
import { column, HASH, plantedManifest } from '../planted';

const COLUMNS = [
  column('likes', 'TEXT', 'MULTI_CHOICE'),
  column('spent', 'NUMBER', 'NUMBER'),
  column('age', 'INTEGER', 'NUMBER'),
  column('branch', 'INTEGER', 'CATEGORY'),
  column('items', 'ITEMS', 'BASKET'),
];
const TYPES = { likes: 'VARCHAR', spent: 'DOUBLE', age: 'BIGINT', branch: 'BIGINT', items: 'VARCHAR[]' };
const ROWS = [
  ['A', 0, 20, 10, ['x']],
  ['A', 10, 30, 10, ['x']],
  ['A, B', 0, null, 2, []],
  ['B', 100, 60, 2, null],
  ['B', 50, 50, null, null],
  [null, null, 40, 2, null],
];

let workplace: Workplace;
beforeAll(async () => {
  workplace = await openWorkplace();
});
afterAll(() => workplace.close());

let files = 0;
async function keep(from: string): Promise<string> {
  const parquet = join(workplace.folder, `${files++}.parquet`);
  await workplace.connection.run(
    `COPY (SELECT * FROM ${from}) TO ${quoteLiteral(parquet)} (FORMAT parquet, ROW_GROUP_SIZE 20000)`,
  );
  return parquet;
}

async function report(from: string, changes: Partial<BuildReportInput> = {}): Promise<ReportContent> {
  return task.run(
    {
      parquet: await keep(from),
      tempDirectory: workplace.folder,
      columns: COLUMNS,
      dataset: { name: 'planted.csv', sha256: HASH },
      manifest: plantedManifest(),
      modelVersion: 3,
      seed: 42,
      groupBy: null,
      createdAt: '2026-02-03T04:05:06.000Z',
      ...changes,
    },
    () => undefined,
  );
}

describe('a report of a planted table', () => {
  let content: ReportContent;
  beforeAll(async () => {
    content = await report(rowsSql(TYPES, ROWS), { groupBy: 'branch' });
  });

  it('counts the rows of every segment, and those without interest', () => {
    // "A, B" fits both: affinity 1 to the first, 0.8 to the second.
    expect(content.segments.map(({ size }) => size)).toEqual([3, 2]);
    expect(content.segments.map(({ share }) => share)).toEqual([0.5, 2 / 6]);
    expect(content.lobby).toEqual({ size: 1, share: 1 / 6 });
  });

  it('tells the means as the model reads them, and those of the columns in their own unit', () => {
    expect(content.featureMeans.map((mean) => mean.toFixed(4))).toEqual(['0.5000', '0.5000', '0.2667']);
    expect(content.segments[0]?.means.map((mean) => mean?.toFixed(4))).toEqual([
      '1.0000',
      '0.3333',
      '0.0333',
    ]);
    expect(content.segments[1]?.means).toEqual([0, 1, 0.75]);
    expect(content.columns).toEqual([
      { name: 'spent', mean: 32, segmentMeans: [10 / 3, 75] },
      { name: 'age', mean: 40, segmentMeans: [25, 55] },
    ]);
  });

  it('crosses segments with a column, its values in order, missing ones last', () => {
    expect(content.crossTable?.values).toEqual([
      { value: '2', kind: 'VALUE', size: 3, counts: [1, 1], shares: [1 / 3, 1 / 3], lobby: 1 },
      { value: '10', kind: 'VALUE', size: 2, counts: [2, 0], shares: [1, 0], lobby: 0 },
      { value: null, kind: 'MISSING', size: 1, counts: [0, 1], shares: [0, 1], lobby: 0 },
    ]);
    // Expected counts: 1.2 and 0.8, twice; 0.6 and 0.4.
    const chiSquare = 0.04 / 1.2 + 0.04 / 0.8 + 0.64 / 1.2 + 0.64 / 0.8 + 0.36 / 0.6 + 0.36 / 0.4;
    expect(content.crossTable?.association?.chiSquare).toBeCloseTo(chiSquare, 10);
    expect(content.crossTable?.association?.degreesOfFreedom).toBe(2);
    expect(content.crossTable?.association?.cramersV).toBeCloseTo(Math.sqrt(chiSquare / 5), 10);
  });

  it('tells features, heat and what training measured', () => {
    expect(content.features[0]).toEqual({
      key: 'a',
      label: 'Likes A',
      group: 'Likes',
      column: 'likes',
      isChoice: true,
    });
    expect(content.features[2]).toEqual({
      key: 'spent',
      label: 'Spent',
      group: null,
      column: 'spent',
      isChoice: false,
    });
    expect(content.segments[1]?.topFeatures).toEqual([
      { key: 'b', label: 'Likes B', weight: 0.8, heat: 0.8, lift: 2 },
      { key: 'spent', label: 'Spent', weight: 0.6, heat: 0.6, lift: 2 },
    ]);
    expect(content.heatmap).toEqual([
      [1, 0],
      [0, 0.8],
      [0, 0.6],
    ]);
    expect(content.model.metrics.candidates.map(({ segments }) => segments)).toEqual([2, 3]);
    expect(content.model).toMatchObject({ version: 3, seed: 42, isTrainedOnDataset: true });
    expect(content.title).toBe('planted.csv in 2 segments');
  });

  it('survives JSON', () => {
    expect(JSON.parse(JSON.stringify(content))).toEqual(content);
  });
});

it.each([
  ['nowhere', 'There is no column "nowhere" to group by: it can be "likes", "spent", "age", "branch"'],
  [
    'items',
    'Column "items" holds lists of items, which cannot be grouped by: it can be "likes", "spent", "age", "branch"',
  ],
])('refuses to group by %s, and says by what it can', async (groupBy, message) => {
  await expect(report(rowsSql(TYPES, ROWS), { groupBy })).rejects.toMatchObject({
    message,
    extensions: { code: 'BAD_USER_INPUT' },
  });
});

it('leaves out metrics that are not as training writes them', async () => {
  const manifest = { ...plantedManifest(), metrics: { candidates: 'none', reconstructionError: '1' } };
  const { model } = await report(rowsSql(TYPES, ROWS), { manifest });
  expect(model.metrics).toEqual({
    reconstructionError: null,
    iterations: null,
    candidates: [],
    recommendedSegments: null,
  });
});

it('keeps rows and their values together in tables of many batches, and takes rare values together', async () => {
  // Row i: branch i % 150, but every other row is in branch 0; it likes A where the branch is even.
  const from = `(SELECT CASE WHEN branch % 2 = 0 THEN 'A' ELSE 'B' END AS likes, 0::DOUBLE AS spent, i AS age, branch,
    NULL::VARCHAR[] AS items FROM (SELECT i, CASE WHEN i % 2 = 0 THEN 0 ELSE i % 150 END AS branch FROM range(90000) t(i)))`;
  const { crossTable, columns, segments } = await report(from, { groupBy: 'branch' });

  expect(crossTable?.values).toHaveLength(76);
  expect(crossTable?.values[0]).toMatchObject({ value: '0', counts: [45_000, 0] });
  for (const { value, counts } of crossTable?.values.slice(1) ?? []) {
    expect(Number(value) % 2).toBe(1);
    expect(counts).toEqual([0, 600]);
  }
  expect(crossTable?.association?.cramersV).toBeCloseTo(1, 10);
  // Even rows like A, odd ones B.
  expect(columns.find(({ name }) => name === 'age')?.segmentMeans).toEqual([44_999, 45_000]);
  expect(segments.map(({ size }) => size)).toEqual([45_000, 45_000]);

  const byAge = await report(from, { groupBy: 'age' });
  expect(byAge.crossTable?.values).toHaveLength(100);
  expect(byAge.crossTable?.values.at(-1)).toMatchObject({ kind: 'OTHER', size: 90_000 - 99 });
});
