import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWithSharedData, sharedData } from '../../shared-data';
import { ingest } from './ingested';

/** Typed cells as the texts they were; an empty cell is missing. */
const asTexts = (cells: unknown[][]) =>
  cells.map((row) => row.map((cell) => (cell === null ? '' : String(cell))));

describeWithSharedData('csv-spectrum', () => {
  const folder = join(sharedData, 'messy/csv-spectrum');
  const names = describedFiles(folder);

  it.each(names)('%s gives the table that is expected', async (name) => {
    const expected: Record<string, string>[] = [
      JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')),
    ].flat();
    // The one expectation that is not what the file says.
    if (name === 'location_coordinates')
      (expected[0] as Record<string, string>)['Contact Phone Number'] = '2095257564';

    const table = await ingest(join(folder, `${name}.csv`));

    expect(table.names).toEqual(Object.keys(expected[0] ?? {}));
    expect(asTexts(table.cells)).toEqual(expected.map((row) => Object.values(row)));
  });
});

describeWithSharedData("csvkit's examples", () => {
  const folder = join(sharedData, 'messy/csvkit');

  it.each<[string, string[], string[][]]>([
    ['blanks', ['a', 'b', 'c', 'd', 'e', 'f'], [['', 'NA', 'N/A', 'NONE', 'NULL', '.']]],
    [
      'mac_newlines',
      ['a', 'b', 'c'],
      [
        ['1', '2', '3'],
        ['Once upon\ra time', '5', '6'],
      ],
    ],
    ['no_header_row', ['column1', 'column2', 'column3'], [['1', '2', '3']]],
    ['test_header_newline', ['start end', 'b', 'c'], [['d', 'e', 'f']]],
    [
      'test_latin1',
      ['a', 'b', 'c'],
      [
        ['1', '2', '3'],
        ['4', '5', '©'],
      ],
    ],
    [
      'test_utf16_big',
      ['a', 'b', 'c'],
      [
        ['1', '2', '3'],
        ['4', '5', 'ʤ'],
      ],
    ],
    [
      'test_utf16_little',
      ['a', 'b', 'c'],
      [
        ['1', '2', '3'],
        ['4', '5', 'ʤ'],
      ],
    ],
    [
      'test_utf8',
      ['foo', 'bar', 'baz'],
      [
        ['1', '2', '3'],
        ['4', '5', 'ʤ'],
      ],
    ],
    [
      'test_utf8_bom',
      ['foo', 'bar', 'baz'],
      [
        ['1', '2', '3'],
        ['4', '5', 'ʤ'],
      ],
    ],
  ])('%s.csv gives its table', async (name, names, cells) => {
    const table = await ingest(join(folder, `${name}.csv`));
    expect(table.names).toEqual(names);
    expect(asTexts(table.cells)).toEqual(cells);
  });

  it.each([
    ['bad', 'Line 2 has 4 cells, but the header has 3'],
    ['empty', 'The file is empty'],
    ['null_byte', 'Line 2, column 1: a NUL byte'],
    ['test_extra_header', 'Line 2 has 3 cells, but the header has 4'],
  ])('%s.csv gives one clear error', async (name, message) => {
    await expect(ingest(join(folder, `${name}.csv`))).rejects.toMatchObject({
      message: expect.stringContaining(message),
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });

  it('leaves no file out', () => {
    expect(readdirSync(folder).filter((name) => name.endsWith('.csv'))).toHaveLength(13);
  });
});

function describedFiles(folder: string): string[] {
  try {
    return readdirSync(folder).flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -5)] : []));
  } catch {
    return ['(not there)'];
  }
}
