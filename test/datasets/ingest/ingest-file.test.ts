import { gzipSync } from 'node:zlib';
import { ingest, refusalOf } from './ingested';

const csv = (...lines: string[]) => Buffer.from(lines.join('\n'));
const ofFirst = async (...lines: string[]) => (await ingest(csv(...lines))).columns[0];

describe('types', () => {
  it('tells them from all rows', async () => {
    const few = Array.from(
      { length: 3000 },
      (_, i) => `${i},${i},${i / 4},yes,${i % 2 ? 'true' : 'False'},x`,
    );
    const table = await ingest(csv('a,b,c,d,e,f', ...few, '7,late,1e3,no,TRUE,'));

    expect(table.columns.map(({ type }) => type)).toEqual([
      'INTEGER',
      'TEXT',
      'NUMBER',
      'BOOLEAN',
      'BOOLEAN',
      'TEXT',
    ]);
    expect(table.cells[3]).toEqual([3n, '3', 0.75, true, true, 'x']);
    expect(table.cells.at(-1)).toEqual([7n, 'late', 1000, false, true, null]);
    expect(table.columns[5]).toMatchObject({ missing: 1, distinct: 1 });
  });

  it.each([
    ['leading zeros', ['08123', '28001']],
    ['more digits than 64 bits hold', ['12345678901234567890', '1']],
    ['numbers too great', ['1e999', '1']],
    ['telephone numbers', ['+34600111222', '1']],
    ['one boolean word alone', ['f', 'f']],
    ['numbers with a comma where that is the delimiter', ['"1,5"', '"2,5"']],
  ])('keeps %s as the texts that they are', async (_, cells) => {
    const table = await ingest(csv('name', ...cells));
    expect(table.columns[0]?.type).toBe('TEXT');
    expect(table.cells.flat()).toEqual(cells.map((cell) => cell.replaceAll('"', '')));
  });

  it('reads a comma as the decimal point where the delimiter is a semicolon', async () => {
    const table = await ingest(csv('amount;share', '1,5;0,25', '-2;3', ';,5'));
    expect(table.cells).toEqual([
      [1.5, 0.25],
      [-2, 3],
      [null, 0.5],
    ]);
  });

  it('counts NA among numbers as missing, and says so', async () => {
    const column = await ofFirst('a', '1', 'NA', ' 2', 'n/a');
    expect(column).toMatchObject({
      type: 'INTEGER',
      missing: 2,
      min: '1',
      max: '2',
      note: expect.stringMatching(/NA/),
    });
  });

  it('spares texts that are empty alone', async () => {
    expect(await ofFirst('a,b', ',1', '"",2')).toMatchObject({
      type: 'TEXT',
      missing: 2,
      distinct: 0,
      topValues: [],
    });
  });
});

describe('header', () => {
  it('makes empty and repeated names unique, and says so', async () => {
    const table = await ingest(csv('a,,A,a_2,a', '1,2,3,4,5'));
    expect(table.names).toEqual(['a', 'column2', 'A_3', 'a_2', 'a_4']);
    expect(table.columns.map(({ note }) => note !== undefined)).toEqual([false, true, true, false, true]);
  });

  it('takes names with anything in them', async () => {
    const names = ['"; DROP TABLE x; --', "o'clock", '$1', 'ñandú 🎾', 'select', 'a.b'];
    const header = names.map((name) => `"${name.replaceAll('"', '""')}"`).join(',');
    const table = await ingest(csv(header, '1,2,3,4,5,6', '2,3,4,5,6,7'));
    expect(table.names).toEqual(names);
    expect(table.columns.map(({ name }) => name)).toEqual(names);
  });

  it('sees that there is none', async () => {
    expect((await ingest(csv('2021-10-01,Ana,3', '2021-10-02,Luis,4'))).names).toEqual([
      'column1',
      'column2',
      'column3',
    ]);
    expect((await ingest(csv('Madrid,yes', 'Madrid,no'))).rows).toBe(2);
  });

  it("follows Excel's own first line", async () => {
    expect((await ingest(csv('sep=;', 'a;b', '1,5;2'))).cells).toEqual([[1.5, 2n]]);
    expect(await refusalOf('sep=;\na;b\n1;2;3\n')).toMatch('Line 3 has 3 cells');
  });
});

describe('baskets', () => {
  it('become one column of lists', async () => {
    const lines = [
      'milk,bread',
      'bread',
      '"cheese, old",milk,bread',
      '"the ""best"" \x1e eggs",milk',
      'milk',
    ];
    const table = await ingest(csv(...lines));
    expect(table.cells).toEqual([
      [['milk', 'bread']],
      [['bread']],
      [['cheese, old', 'milk', 'bread']],
      [['the "best" \x1e eggs', 'milk']],
      [['milk']],
    ]);
    expect(table.columns).toEqual([
      {
        name: 'items',
        type: 'ITEMS',
        distinct: 4,
        missing: 0,
        min: 'bread',
        max: 'the "best" \x1e eggs',
        topValues: [
          { value: 'milk', count: 4 },
          { value: 'bread', count: 3 },
          { value: 'cheese, old', count: 1 },
          { value: 'the "best" \x1e eggs', count: 1 },
        ],
        suggestedEncoding: { column: 'items', kind: 'BASKET' },
      },
    ]);
  });

  it('are not what a damaged table is taken for', async () => {
    expect(await refusalOf('name,city\nAna,Madrid\nLuis,Sevilla,ES\n')).toBe(
      'Line 3 has 3 cells, but the header has 2: every line needs the same number. Quote cells that hold the delimiter.',
    );
  });
});

describe('what cannot be understood', () => {
  it.each<[string, string | Uint8Array, string | RegExp]>([
    ['nothing at all', '', 'The file is empty'],
    ['blank lines', '\r\n\r\n', 'The file is empty'],
    ['a header alone', 'name,city\n', 'no rows below'],
    ['a gzip file', gzipSync('a,b\n1,2\n'), 'a gzip file: unpack it'],
    [
      'a workbook',
      Buffer.from('PK\x03\x04\x14\0\0\0[Content_Types].xml'),
      'an Excel workbook: open it and save',
    ],
    ['a PDF', '%PDF-1.7\n', 'a PDF document'],
    ['a web page', '<!DOCTYPE html>\n<html>', 'a web page'],
    ['JSON', '[{"a": 1}]', 'JSON'],
    ['binary data', Buffer.from([1, 2, 3, 0, 0, 9, 10, 0, 255]), /NUL|empty/],
    [
      'a quote left open',
      'a,b\n1,"two\n3,4\n',
      'Line 2, column 2: the quote (") that opens here is never closed',
    ],
    ['text after a quote', 'a,b\n1,2\n"x" y,2\n', 'Line 3, column 1: text follows the closing quote'],
    [
      'a line too short after quoted lines',
      'a,b\n"1\r\n1",2\n\n3\n',
      'Line 5 has 1 cell, but the header has 2',
    ],
    [
      'damaged UTF-8',
      Buffer.from('a,b\nñ,2\nX,3\n').map((byte) => (byte === 0x58 ? 0xf1 : byte)),
      'Line 3: a byte',
    ],
    ['UTF-16 cut off', Buffer.from('\ufeffa,b\n1,2\n', 'utf16le').subarray(0, -1), 'UTF-16'],
    ['names too long', `a,${'b'.repeat(10_000)}\n1,2\n`, 'The name of column 2 has 10000 characters'],
    ['too many columns', `${'a,'.repeat(100_000)}b\n`, 'Line 1 has 100001 columns: at most 1000'],
    ['a million columns', `${'a,'.repeat(1_000_000)}b\n`, 'begins in line 1 is longer than'],
    ['a line without end', 'x'.repeat(5_000_000), 'begins in line 1 is longer than'],
    ['rows of a megabyte', `a,b\n${`1,${'long '.repeat(200_000)}\n`.repeat(70)}`, 'at most 32768'],
    ['a quote left open early', `a\n"${'x\n'.repeat(2_000_000)}`, 'begins in line 2 is longer than'],
    [
      'a quote left open late',
      `a\n${'1\n'.repeat(1_000_000)}"${'x\n'.repeat(900_000)}`,
      'in line 1000002 is longer',
    ],
  ])('%s gives one clear error', async (_, bytes, message) => {
    expect(await refusalOf(bytes)).toMatch(message);
  });

  it('more rows than allowed give one clear error', async () => {
    expect(await refusalOf('a\n1\n2\n3\n', 2)).toMatch('more than 2 rows');
    expect((await ingest(csv('a', '1', '2', ''), 2)).rows).toBe(2);
  });
});

it('tells very long rows among short ones in bounded memory', async () => {
  const long = `1,${'long '.repeat(200_000)}\n`;
  expect(await refusalOf(`a,b\n${'1,short\n'.repeat(50_000)}${long.repeat(220)}`)).toMatch(
    'too many long texts',
  );
});

it('estimates how many values there are where they are very many', async () => {
  const rows = Array.from(
    { length: 300_000 },
    (_, i) => `${i % 150_000},${i % 7},${i % 1000 ? `t${i}` : 'often'}`,
  );
  const [many, few, texts] = (await ingest(Buffer.from(`a,b,c\n${rows.join('\n')}`))).columns;
  expect(Math.abs((many?.distinct ?? 0) - 150_000)).toBeLessThan(3000);
  expect(Math.abs((texts?.distinct ?? 0) - 299_701)).toBeLessThan(6000);
  expect(texts?.topValues[0]).toEqual({ value: 'often', count: 300 });
  expect(few).toMatchObject({ distinct: 7, min: '0', max: '6', topValues: { length: 7 } });
});
