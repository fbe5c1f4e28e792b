import { fitEncoding } from '../../../src/datasets/encoding/fit-encoding';
import { resolveEncoding } from '../../../src/datasets/encoding/resolve-encoding';
import type { DatasetColumn, DeclaredEncoding } from '../../../src/datasets/table/column';
import { describeTable } from '../../../src/datasets/table/table';
import { readManifest } from '../../../src/models/read-manifest';
import { defaultModelFile } from '../../../src/models/shipped/default-model';
import type { SegmentationManifest } from '../../../src/onnx/manifest';
import { openWorkplace, rowsSql, type Workplace } from './encoding-tables';

let workplace: Workplace;
let shipped: SegmentationManifest;
beforeAll(async () => {
  workplace = await openWorkplace();
  shipped = await readManifest(defaultModelFile);
});
afterAll(() => workplace.close());

const column = (
  name: string,
  type: DatasetColumn['type'],
  kind: DeclaredEncoding['kind'],
  more = {},
): DatasetColumn => ({
  name,
  type,
  distinct: 2,
  missing: 0,
  min: null,
  max: null,
  topValues: [],
  suggestedEncoding: { column: name, kind },
  ...more,
});

async function resolve(
  from: string,
  columns: DatasetColumn[],
  {
    declared = [],
    champion = null,
  }: { declared?: DeclaredEncoding[]; champion?: SegmentationManifest | null } = {},
) {
  const { connection } = workplace;
  const table = await describeTable(connection, from);
  return resolveEncoding({ connection, table, columns, declared, champion });
}

const SHOP = rowsSql(
  { Gender: 'VARCHAR', Likes: 'VARCHAR', 'Annual income (k$)': 'BIGINT', Member: 'BOOLEAN' },
  [
    ['Male', 'Tea, Guided visits', 19, true],
    ['Female', 'Café,Tea,Other', 40, false],
    [null, null, null, null],
    ['Other', '', 7, true],
  ],
);
const SHOP_COLUMNS = [
  column('Gender', 'TEXT', 'CATEGORY'),
  column('Likes', 'TEXT', 'MULTI_CHOICE'),
  column('Annual income (k$)', 'INTEGER', 'NUMBER', { min: '7', max: '40' }),
  column('Member', 'BOOLEAN', 'BOOLEAN'),
];

describe('resolveEncoding', () => {
  it('finds the features, column by column, choices in alphabetical order', async () => {
    const { features, groups, encoding } = await resolve(SHOP, SHOP_COLUMNS);
    expect(features).toEqual([
      { key: 'female', label: { en: 'Female' }, group: 'gender' },
      { key: 'male', label: { en: 'Male' }, group: 'gender' },
      { key: 'genderOther', label: { en: 'Other (Gender)' }, group: 'gender' },
      { key: 'cafe', label: { en: 'Café' }, group: 'likes' },
      { key: 'guidedVisits', label: { en: 'Guided visits' }, group: 'likes' },
      { key: 'likesOther', label: { en: 'Other (Likes)' }, group: 'likes' },
      { key: 'tea', label: { en: 'Tea' }, group: 'likes' },
      { key: 'annualIncomeK', label: { en: 'Annual income (k$)' }, group: null },
      { key: 'member', label: { en: 'Member' }, group: null },
    ]);
    expect(groups).toEqual([
      { key: 'gender', label: { en: 'Gender' } },
      { key: 'likes', label: { en: 'Likes' } },
    ]);
    expect(encoding[2]).toEqual({
      kind: 'NUMBER',
      column: 'Annual income (k$)',
      feature: 'annualIncomeK',
      scale: 'MAX',
      divisor: 40,
    });
  });

  it('takes what is declared instead of what is suggested', async () => {
    const { features, encoding } = await resolve(SHOP, SHOP_COLUMNS, {
      declared: [
        { column: 'Annual income (k$)', kind: 'NUMBER', scale: 'LOG' },
        { column: 'Gender', kind: 'IGNORE' },
        { column: 'Likes', kind: 'CATEGORY' },
      ],
    });
    expect(encoding[0]).toEqual({ kind: 'IGNORE', column: 'Gender' });
    expect(encoding[2]).toMatchObject({ scale: 'LOG', divisor: Math.log(41) });
    expect(features.map(({ label }) => label.en)).toEqual([
      'Café,Tea,Other',
      'Tea, Guided visits',
      'Annual income (k$)',
      'Member',
    ]);
  });

  it('goes on with the vocabulary of the champion where the columns are the same', async () => {
    const first = await resolve(SHOP, SHOP_COLUMNS);
    const champion: SegmentationManifest = {
      ...shipped,
      ...first,
      features: first.features.map((f) =>
        f.key === 'cafe' ? { ...f, key: 'kaffee', label: { en: 'Coffee' } } : f,
      ),
      encoding: first.encoding.map((e) =>
        e.kind === 'MULTI_CHOICE' ? { ...e, choices: { ...e.choices, Café: 'kaffee' } } : e,
      ),
    };
    const later = rowsSql({ Likes: 'VARCHAR', Gender: 'VARCHAR', City: 'VARCHAR' }, [
      ['Chess, Café', 'Male', 'Lima'],
      ['Tea', 'Diverse', 'Oslo'],
    ]);
    const { features, groups } = await resolve(
      later,
      [
        column('Likes', 'TEXT', 'MULTI_CHOICE'),
        column('Gender', 'TEXT', 'CATEGORY'),
        column('City', 'TEXT', 'CATEGORY'),
      ],
      { champion },
    );
    expect(features.map(({ key, group }) => `${group}: ${key}`)).toEqual([
      'gender: female',
      'gender: male',
      'gender: genderOther',
      'likes: kaffee',
      'likes: guidedVisits',
      'likes: likesOther',
      'likes: tea',
      'likes: chess',
      'gender: diverse',
      'city: lima',
      'city: oslo',
    ]);
    expect(groups.map(({ key }) => key)).toEqual(['gender', 'likes', 'city']);
  });

  it("takes booleans that are named by the champion's keys for its features", async () => {
    const keys = shipped.features.map(({ key }) => key).toReversed();
    const from = rowsSql(Object.fromEntries(keys.map((key) => [key, 'BIGINT'])), [keys.map(() => 1)]);
    const columns = keys.map((key) => column(key, 'INTEGER', 'BOOLEAN', { min: '0', max: '1' }));
    const { features, groups } = await resolve(from, columns, { champion: shipped });
    expect({ features, groups }).toEqual({ features: shipped.features, groups: shipped.groups });
  });

  it.each<[string, DeclaredEncoding[], string]>([
    [
      'no column',
      [{ column: 'Nope', kind: 'IGNORE' }],
      'There is no column "Nope" to encode: the columns are "Gender", "Likes"',
    ],
    [
      'a column twice',
      [
        { column: 'Likes', kind: 'IGNORE' },
        { column: 'Likes', kind: 'CATEGORY' },
      ],
      'The encoding of column "Likes" is declared twice',
    ],
    [
      'texts as baskets',
      [{ column: 'Likes', kind: 'BASKET' }],
      'Column "Likes" holds texts, which is no BASKET: it can be IGNORE, MULTI_CHOICE, CATEGORY, BOOLEAN',
    ],
    [
      'texts as numbers',
      [{ column: 'Likes', kind: 'NUMBER' }],
      'Column "Likes" holds texts, which are no numbers',
    ],
    [
      'numbers as booleans',
      [{ column: 'Annual income (k$)', kind: 'BOOLEAN' }],
      'Column "Annual income (k$)" holds numbers from 7 to 40, not 0 and 1 alone',
    ],
    [
      'a scale of texts',
      [{ column: 'Likes', kind: 'CATEGORY', scale: 'LOG' }],
      'Column "Likes": only a NUMBER has a scale',
    ],
    [
      'an empty separator',
      [{ column: 'Likes', kind: 'MULTI_CHOICE', separator: '' }],
      'Column "Likes": the separator is empty',
    ],
    [
      'nothing at all',
      SHOP_COLUMNS.map(({ name }) => ({ column: name, kind: 'IGNORE' as const })),
      'No column becomes a feature',
    ],
  ])('refuses to encode %s', async (_, declared, message) => {
    await expect(resolve(SHOP, SHOP_COLUMNS, { declared })).rejects.toMatchObject({
      message: expect.stringContaining(message),
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });

  it('refuses negative numbers', async () => {
    const balance = column('balance', 'NUMBER', 'IGNORE', { min: '-2.5', max: '3' });
    await expect(
      resolve(rowsSql({ balance: 'DOUBLE' }, [[-2.5]]), [balance], {
        declared: [{ column: 'balance', kind: 'NUMBER' }],
      }),
    ).rejects.toThrow('Column "balance" has negative numbers, down to -2.5');
  });

  it('refuses more features than a model takes', async () => {
    const from = `(SELECT i::VARCHAR AS "Name", 'x' AS "Kind" FROM range(2500) t(i))`;
    await expect(
      resolve(from, [column('Kind', 'TEXT', 'CATEGORY'), column('Name', 'TEXT', 'CATEGORY')]),
    ).rejects.toThrow('Column "Name" has more than 2000 different choices, and a model takes at most 2000');
  });
});

describe('fitEncoding', () => {
  const keys = () => shipped.features.map(({ key }) => key);
  const questions = () => shipped.encoding.map((e) => e.column);

  it("understands the model's own columns, or columns named by its keys, or both", () => {
    expect(fitEncoding(shipped, new Set(questions()))).toEqual(shipped.encoding);
    expect(fitEncoding(shipped, new Set(keys())).map((e) => e.column)).toEqual(keys());
    const mixed = fitEncoding(shipped, new Set([...questions().slice(0, 3), ...keys().slice(-4)]));
    expect(mixed.map((e) => e.kind)).toEqual([...Array(3).fill('MULTI_CHOICE'), ...Array(4).fill('BOOLEAN')]);
  });

  it('tells which columns are missing', () => {
    expect(() => fitEncoding(shipped, new Set([...questions().slice(1), 'surf']))).toThrow(
      'lacks 7 columns of the model "nomads": "climbing", "fitness"',
    );
    expect(() => fitEncoding(shipped, new Set(['name']))).toThrow(
      `lacks 4 columns of the model "nomads": "${questions()[0]}"`,
    );
  });
});
