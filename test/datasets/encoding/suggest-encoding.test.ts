import { suggestEncoding } from '../../../src/datasets/encoding/suggest-encoding';

type Facts = Parameters<typeof suggestEncoding>[0];

const ofNumbers = (
  name: string,
  min: number,
  max: number,
  distinct: number,
  type: Facts['type'] = 'INTEGER',
) =>
  suggestEncoding(
    { name, type, distinct, missing: 0, min: `${min}`, max: `${max}`, topValues: [] },
    1000,
    [],
  );
const ofTexts = (name: string, cells: readonly string[]) =>
  suggestEncoding(
    { name, type: 'TEXT', distinct: new Set(cells).size, missing: 0, min: null, max: null, topValues: [] },
    cells.length,
    cells,
  );
const repeated = (...cells: string[]) => Array.from({ length: 10 }, () => cells).flat();

it.each<[string, ReturnType<typeof suggestEncoding>, object]>([
  ['zeros and ones', ofNumbers('surf', 0, 1, 2), { kind: 'BOOLEAN' }],
  ['codes', ofNumbers('region', 1, 3, 3), { kind: 'CATEGORY' }],
  ['counts', ofNumbers('children', 0, 5, 6), { kind: 'NUMBER', scale: 'MAX' }],
  ['amounts', ofNumbers('spent', 0.5, 900, 800, 'NUMBER'), { kind: 'NUMBER', scale: 'MAX' }],
  ['numbers below zero', ofNumbers('balance', -5, 90, 95), { kind: 'IGNORE' }],
  ['one number', ofNumbers('year', 2021, 2021, 1), { kind: 'IGNORE' }],
  ['numbers of customers', ofNumbers('customerId', 17, 99_000, 700), { kind: 'IGNORE' }],
  ['numbers of rows', ofNumbers('nr', 1, 1000, 1000), { kind: 'IGNORE' }],
  ['a few categories', ofTexts('size', repeated('S', 'M', 'L')), { kind: 'CATEGORY' }],
  ['categories named as ids', ofTexts('branch_id', repeated('north', 'south')), { kind: 'CATEGORY' }],
  ['choices', ofTexts('likes', repeated('a;b', 'b', 'c;a;b')), { kind: 'MULTI_CHOICE', separator: ';' }],
  ['always two parts', ofTexts('place', repeated('Rome, Italy', 'Oslo, Norway')), { kind: 'CATEGORY' }],
  ['days', ofTexts('day', repeated('2021-10-01', '2021-10-02')), { kind: 'IGNORE' }],
  ['one text', ofTexts('country', repeated('ES')), { kind: 'IGNORE' }],
  ['free text', ofTexts('why', ['I like it, really', 'No idea', 'Well, why, not']), { kind: 'IGNORE' }],
])('%s', (_, suggested, expected) => {
  expect(suggested).toEqual({ column: expect.any(String), ...expected });
});
