import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { task as ingestFile } from '../../src/datasets/ingest/ingest-file';
import type { DatasetColumn } from '../../src/datasets/table/column';
import { nomadsManifest } from '../../src/models/shipped/nomads-manifest';
import { task as trainModel } from '../../src/models/training/train-model';
import type { SegmentationManifest } from '../../src/onnx/manifest';
import { task as buildReport } from '../../src/reports/build/build-report';
import { reportHtml } from '../../src/reports/page/report-html';
import { openWorkplace, type Workplace } from '../datasets/encoding/encoding-tables';
import { describeWithSharedData, sharedData } from '../shared-data';
import { HASH } from './planted';

describeWithSharedData('a report of real tables', () => {
  let workplace: Workplace;
  beforeAll(async () => {
    workplace = await openWorkplace();
  });
  afterAll(() => workplace.close());

  async function ingest(file: string) {
    const target = join(workplace.folder, `${file.replaceAll('/', '-')}.parquet`);
    const source = join(sharedData, file);
    const { columns } = await ingestFile.run({ source, target, maxRows: 100_000 }, () => undefined);
    return { parquet: target, columns };
  }

  async function report(
    table: { parquet: string; columns: readonly DatasetColumn[] },
    manifest: SegmentationManifest,
    groupBy: string | null,
  ) {
    return buildReport.run(
      {
        ...table,
        tempDirectory: workplace.folder,
        dataset: { name: 'table.csv', sha256: HASH },
        manifest,
        modelVersion: 1,
        seed: null,
        groupBy,
        createdAt: '2026-01-01T00:00:00.000Z',
      },
      () => undefined,
    );
  }

  it('finds the published sizes of the survey with the published model', async () => {
    const table = await ingest('nomads/survey.csv');
    const published = JSON.parse(readFileSync(join(sharedData, 'nomads/seed_model.json'), 'utf8'));
    const content = await report(table, nomadsManifest(published), null);

    expect(content.segments.map(({ size }) => size)).toEqual([27, 38, 22, 28]);
    expect(content.lobby.size).toBe(0);
    // 40.7 % of the survey's answers are ones.
    const rate = content.featureMeans.reduce((a, b) => a + b, 0) / content.features.length;
    expect(rate).toBeCloseTo(0.407, 3);
    expect(content.features.every(({ isChoice }) => isChoice)).toBe(true);
    expect(reportHtml(content)).toContain('Dinner and a movie');
  });

  it('crosses the segments of customers with their region, and tells spendings in their own unit', async () => {
    const table = await ingest('customers/wholesale.csv');
    const { manifest } = await trainModel.run(
      {
        ...table,
        declared: [
          { column: 'Channel', kind: 'IGNORE' },
          { column: 'Region', kind: 'IGNORE' },
        ],
        name: 'wholesale',
        algorithm: 'NMF',
        segments: 3,
        segmentRange: [2, 4],
        seed: 42,
        datasetHash: HASH,
        champion: null,
        takenKeys: [],
        createdAt: '2026-01-01T00:00:00.000Z',
      },
      () => undefined,
    );
    const { crossTable, columns, segments, model } = await report(table, manifest, 'Region');

    expect(model.metrics.reconstructionError).toBeCloseTo(1.7001954, 5);
    expect(model.metrics.candidates.map((candidate) => candidate.segments)).toEqual([2, 3, 4]);
    for (const candidate of model.metrics.candidates) {
      expect(Object.values(candidate).every((value) => typeof value === 'number')).toBe(true);
    }

    expect(crossTable?.values.map(({ value, size }) => [value, size])).toEqual([
      ['1', 77],
      ['2', 47],
      ['3', 316],
    ]);
    segments.forEach(({ size }, s) => {
      expect(crossTable?.values.reduce((sum, { counts }) => sum + (counts[s] as number), 0)).toBe(size);
    });
    expect(columns.map(({ name, mean }) => [name, mean?.toFixed(2)])).toEqual([
      ['Fresh', '12000.30'],
      ['Milk', '5796.27'],
      ['Grocery', '7951.28'],
      ['Frozen', '3071.93'],
      ['Detergents_Paper', '2881.49'],
      ['Delicassen', '1524.87'],
    ]);
    for (const { mean, segmentMeans } of columns) {
      const weighted = segments.reduce((sum, { size }, s) => sum + size * (segmentMeans[s] as number), 0);
      expect(weighted / 440).toBeCloseTo(mean as number, 6);
    }
  });
});
