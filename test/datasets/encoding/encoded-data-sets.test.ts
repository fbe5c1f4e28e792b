import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodedBatches } from '../../../src/datasets/encoding/encoded-rows';
import { resolveEncoding } from '../../../src/datasets/encoding/resolve-encoding';
import { task as ingestFile } from '../../../src/datasets/ingest/ingest-file';
import type { DeclaredEncoding } from '../../../src/datasets/table/column';
import { parquetTable } from '../../../src/datasets/table/table';
import { readManifest } from '../../../src/models/read-manifest';
import { defaultModelFile } from '../../../src/models/shipped/default-model';
import type { SegmentationManifest } from '../../../src/onnx/manifest';
import { describeWithSharedData, sharedData } from '../../shared-data';
import { openWorkplace, type Workplace } from './encoding-tables';

let workplace: Workplace;
beforeAll(async () => {
  workplace = await openWorkplace();
});
afterAll(() => workplace.close());

async function encode(
  file: string,
  declared: DeclaredEncoding[] = [],
  champion: SegmentationManifest | null = null,
) {
  const { connection, folder } = workplace;
  const target = join(folder, 'rows.parquet');
  const { columns } = await ingestFile.run(
    { source: join(sharedData, file), target, maxRows: 1e6 },
    () => {},
  );
  const table = await parquetTable(connection, target);
  const { features, groups, encoding } = await resolveEncoding({
    connection,
    table,
    columns,
    declared,
    champion,
  });
  const keys = features.map(({ key }) => key);
  const numbers: number[] = [];
  for await (const batch of encodedBatches(connection, table, encoding, keys)) {
    for (const number of batch) numbers.push(number);
  }
  return { keys, features, groups, encoding, numbers, rows: numbers.length / keys.length };
}

describeWithSharedData('the data sets', () => {
  it('reads the survey as 26 interests, in the published order', async () => {
    const { keys, groups, numbers, rows } = await encode('nomads/survey.csv');
    expect(rows).toBe(115);
    expect(numbers.filter((n) => n === 1).length / numbers.length).toBeCloseTo(0.407, 3);
    expect(groups).toHaveLength(4);
    expect(keys).toHaveLength(26);
    expect(keys.slice(5, 11)).toEqual([
      'surf',
      'trecking',
      'voley',
      'bookstores',
      'concerts',
      'guidedVisits',
    ]);
  });

  it("reads the survey with the shipped model's vocabulary, and scores as published", async () => {
    const shipped = await readManifest(defaultModelFile);
    const { features, groups, encoding, numbers } = await encode('nomads/survey.csv', [], shipped);
    expect({ features, groups }).toEqual({ features: shipped.features, groups: shipped.groups });
    expect(encoding.filter((e) => e.kind !== 'IGNORE')).toEqual(shipped.encoding);
    const seed = JSON.parse(readFileSync(join(sharedData, 'nomads/seed_model.json'), 'utf8'));
    expect(features.map(({ key }) => key)).toEqual(seed.features);
    expect(numbers).toHaveLength(115 * 26);
  });

  it('reads the baskets', async () => {
    const { keys, numbers, rows, encoding } = await encode('customers/groceries.csv');
    expect([rows, keys.length, encoding.map((e) => e.kind)]).toEqual([9835, 169, ['BASKET']]);
    expect(numbers.reduce((sum, n) => sum + n, 0)).toBe(43_367);
  });

  it('reads the spendings, each over its largest', async () => {
    const declared = ['Channel', 'Region'].map((column) => ({ column, kind: 'IGNORE' as const }));
    const { keys, numbers, rows } = await encode('customers/wholesale.csv', declared);
    expect([rows, keys.length, Math.max(...numbers)]).toEqual([440, 6, 1]);
    expect(numbers[0]).toBeCloseTo(12_669 / 112_151, 6);
  });

  it('reads mixed columns', async () => {
    const { keys, rows } = await encode('customers/mall.csv', [{ column: 'CustomerID', kind: 'IGNORE' }]);
    expect(rows).toBe(200);
    expect(keys).toEqual(['female', 'male', 'age', 'annualIncomeK', 'spendingScore1_100']);
  });
});
