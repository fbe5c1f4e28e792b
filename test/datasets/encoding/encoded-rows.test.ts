import fc from 'fast-check';
import { encodedBatches, openEncodedRows } from '../../../src/datasets/encoding/encoded-rows';
import { describeTable } from '../../../src/datasets/table/table';
import type { ColumnEncoding } from '../../../src/onnx/manifest';
import { openWorkplace, rowsSql, type Workplace } from './encoding-tables';

type Cell = string | number | boolean | readonly string[] | null;

const COLUMNS = {
  "likes, it's": 'VARCHAR',
  gender: 'VARCHAR',
  flag: 'BOOLEAN',
  bit: 'BIGINT',
  word: 'VARCHAR',
  age: 'BIGINT',
  spent: 'DOUBLE',
  text: 'VARCHAR',
  items: 'VARCHAR[]',
};
const ENCODING: ColumnEncoding[] = [
  {
    kind: 'MULTI_CHOICE',
    column: "likes, it's",
    separator: ';',
    choices: { Surf: 'surf', Surfing: 'surf', "Rock 'n' roll": 'rock' },
  },
  { kind: 'CATEGORY', column: 'gender', choices: { Male: 'male', Female: 'female' } },
  { kind: 'BOOLEAN', column: 'flag', feature: 'flag' },
  { kind: 'BOOLEAN', column: 'bit', feature: 'bit' },
  { kind: 'BOOLEAN', column: 'word', feature: 'word' },
  { kind: 'NUMBER', column: 'age', feature: 'age', scale: 'MAX', divisor: 80 },
  { kind: 'NUMBER', column: 'spent', feature: 'spent', scale: 'LOG', divisor: 7 },
  { kind: 'NUMBER', column: 'text', feature: 'text', scale: 'NONE', divisor: 1 },
  { kind: 'BASKET', column: 'items', separator: ',', choices: { milk: 'milk', bread: 'bread' } },
];
const KEYS = [
  'milk',
  'surf',
  'rock',
  'male',
  'female',
  'flag',
  'bit',
  'word',
  'age',
  'spent',
  'text',
  'bread',
  'unseen',
];

/** The encoding as one would write it down, cell by cell. */
function encode(row: readonly Cell[]): number[] {
  const [likes, gender, flag, bit, word, age, spent, text, items] = row;
  const chosen = typeof likes === 'string' ? likes.split(';').map((choice) => choice.trim()) : [];
  const bought = ((items ?? []) as readonly string[]).map((item) => item.trim());
  const values: Record<string, number> = {
    surf: Number(chosen.includes('Surf') || chosen.includes('Surfing')),
    rock: Number(chosen.includes("Rock 'n' roll")),
    male: Number(typeof gender === 'string' && gender.trim() === 'Male'),
    female: Number(typeof gender === 'string' && gender.trim() === 'Female'),
    flag: Number(flag ?? 0),
    bit: Number(bit ?? 0),
    word: Number(typeof word === 'string' && /^(yes|true|1)$/i.test(word.trim())),
    age: Math.fround(Number(age ?? 0) / 80),
    spent: Math.fround(Math.log(1 + Number(spent ?? 0)) / 7),
    text: Math.fround(Number(text ?? 0)),
    milk: Number(bought.includes('milk')),
    bread: Number(bought.includes('bread')),
    unseen: 0,
  };
  return KEYS.map((key) => values[key] as number);
}

const choice = fc.constantFrom('Surf', ' Surfing ', "Rock 'n' roll", 'Chess', '', 'surf');
const row = fc.tuple(
  fc.option(fc.array(choice, { maxLength: 4 }).map((choices) => choices.join(';'))),
  fc.option(fc.constantFrom('Male', 'Female ', 'Other', '')),
  fc.option(fc.boolean()),
  fc.option(fc.constantFrom(0, 1)),
  fc.option(fc.constantFrom('yes', 'No', ' TRUE', 'false', '1', '0', '')),
  fc.option(fc.nat(120)),
  fc.option(fc.double({ min: 0, max: 1e6, noNaN: true })),
  fc.option(fc.constantFrom('3', '0.5', ' 12 ', '1e3', '')),
  fc.option(fc.array(fc.constantFrom('milk', ' bread', 'soap'), { maxLength: 3 })),
);

let workplace: Workplace;
beforeAll(async () => {
  workplace = await openWorkplace();
});
afterAll(() => workplace.close());

const tableOf = (rows: readonly (readonly Cell[])[], columns: Readonly<Record<string, string>> = COLUMNS) =>
  describeTable(workplace.connection, rowsSql(columns, rows));

describe('encodedBatches', () => {
  it('encodes as one would cell by cell', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 8 }),
        async (rows, size) => {
          const table = await tableOf(rows);
          const batches: number[][] = [];
          for await (const batch of encodedBatches(workplace.connection, table, ENCODING, KEYS, size)) {
            batches.push([...batch]);
          }
          const expected = rows.flatMap(encode);
          const numbers = batches.flat();
          expect(numbers).toHaveLength(expected.length);
          numbers.forEach((number, i) => {
            expect(number).toBeCloseTo(expected[i] as number, 5);
          });
          expect(batches.slice(0, -1).every((batch) => batch.length === size * KEYS.length)).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });

  it.each<[string, Cell, ColumnEncoding, string]>([
    [
      'BIGINT',
      7,
      { kind: 'BOOLEAN', column: 'it', feature: 'it' },
      'Column "it": "7" is neither true nor false',
    ],
    [
      'VARCHAR',
      'maybe',
      { kind: 'BOOLEAN', column: 'it', feature: 'it' },
      'Column "it": "maybe" is neither true nor false',
    ],
    ['BIGINT', -3, number('NONE'), 'Column "it": "-3" cannot be encoded: a NUMBER must be from 0'],
    ['DOUBLE', -3.5, number('LOG'), 'Column "it": "-3.5" cannot be encoded'],
    ['VARCHAR', 'abc', number('MAX'), 'Column "it": "abc" cannot be encoded'],
    ['VARCHAR', 'nan', number('MAX'), 'Column "it": "nan" cannot be encoded'],
    ['VARCHAR', 'inf', number('LOG'), 'Column "it": "inf" cannot be encoded'],
    ['DOUBLE', 1e13, number('NONE'), 'Column "it": "10000000000000.0" cannot be encoded'],
  ])('refuses the %s %j', async (type, cell, encoding, message) => {
    const table = await tableOf([[null], [cell]], { it: type });
    const read = async () => {
      for await (const _ of encodedBatches(workplace.connection, table, [encoding], ['it']));
    };
    await expect(read()).rejects.toMatchObject({
      message: expect.stringContaining(message),
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });

  function number(scale: 'NONE' | 'MAX' | 'LOG'): ColumnEncoding {
    return { kind: 'NUMBER', column: 'it', feature: 'it', scale, divisor: 2 };
  }
});

describe('openEncodedRows', () => {
  it('reads a file in its order, again and again, also after a reader stopped on the way', async () => {
    const file = `${workplace.folder}/rows.parquet`;
    await workplace.connection.run(
      `COPY (SELECT i AS n FROM range(70000) t(i)) TO '${file}' (FORMAT parquet, ROW_GROUP_SIZE 10000)`,
    );
    const encoding: ColumnEncoding[] = [
      { kind: 'NUMBER', column: 'n', feature: 'n', scale: 'NONE', divisor: 1 },
    ];
    const rows = await openEncodedRows(file, workplace.folder, encoding, ['n']);
    expect(rows).toMatchObject({ featureCount: 1, rowCount: 70_000 });
    for await (const _ of rows.batches()) break;
    for (let pass = 0; pass < 2; pass++) {
      let next = 0;
      const sizes: number[] = [];
      for await (const batch of rows.batches()) {
        sizes.push(batch.length);
        expect([batch[0], batch.at(-1)]).toEqual([next, next + batch.length - 1]);
        next += batch.length;
      }
      expect(sizes).toEqual([16_384, 16_384, 16_384, 16_384, 4_464]);
    }
    await rows.close();
  });
});
