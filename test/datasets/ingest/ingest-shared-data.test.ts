import { join } from 'node:path';
import { describeWithSharedData, sharedData } from '../../shared-data';
import { ingest } from './ingested';

describeWithSharedData('the encoding that is suggested', () => {
  it.each<[string, number, string[]]>([
    ['nomads/survey', 115, ['IGNORE', 'MULTI_CHOICE', 'MULTI_CHOICE', 'MULTI_CHOICE', 'MULTI_CHOICE']],
    [
      'customers/wholesale',
      440,
      ['CATEGORY', 'CATEGORY', 'NUMBER', 'NUMBER', 'NUMBER', 'NUMBER', 'NUMBER', 'NUMBER'],
    ],
    ['customers/mall', 200, ['IGNORE', 'CATEGORY', 'NUMBER', 'NUMBER', 'NUMBER']],
    ['customers/groceries', 9835, ['BASKET']],
  ])('suits %s.csv', async (name, rows, kinds) => {
    const table = await ingest(join(sharedData, `${name}.csv`));
    expect(table.rows).toBe(rows);
    expect(table.columns.map(({ suggestedEncoding }) => suggestedEncoding.kind)).toEqual(kinds);
  });

  it('finds all items of the baskets', async () => {
    const [items] = (await ingest(join(sharedData, 'customers/groceries.csv'))).columns;
    expect(items).toMatchObject({ distinct: 169, topValues: { 0: { value: 'whole milk', count: 2513 } } });
  });
});
