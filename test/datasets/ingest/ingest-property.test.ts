import fc from 'fast-check';
import { ingest } from './ingested';

type Encoding = 'utf-8' | 'utf-8 with mark' | 'utf-16le' | 'utf-16be' | 'latin1';

const DELIMITERS = [',', ';', '\t', '|'];
const MEAN = [
  '"',
  "'",
  ',',
  ';',
  '\t',
  '|',
  '\n',
  '\r',
  '\r\n',
  ' ',
  '\\',
  '\\n',
  '\x1d',
  '\x1dn',
  '\x1e',
  '\x1f',
  'e',
];
const LETTERS = ['a', 'B', 'ñ', 'é', '1', '.', '-', '#'];
const WIDE = ['中', '🎾', 'e\u0301', '\u2028'];

interface Table {
  readonly cells: readonly (readonly string[])[];
  readonly delimiter: string;
  readonly lineEnds: readonly string[];
  readonly quoteAll: boolean;
  readonly lastLineEnds: boolean;
  readonly encoding: Encoding;
}

const encoding = fc.constantFrom<Encoding>('utf-8', 'utf-8 with mark', 'utf-16le', 'utf-16be', 'latin1');
const tables: fc.Arbitrary<Table> = fc
  .tuple(encoding, fc.integer({ min: 1, max: 4 }))
  .chain(([encoding, width]) => {
    const unit = fc.constantFrom(...MEAN, ...LETTERS, ...(encoding === 'latin1' ? [] : WIDE));
    const cell = fc.array(unit, { maxLength: 6 }).map((parts) => parts.join(''));
    return fc.record({
      cells: fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 6 }),
      delimiter: fc.constantFrom(...DELIMITERS),
      lineEnds: fc.array(fc.constantFrom('\n', '\r\n', '\r'), { minLength: 1, maxLength: 3 }),
      quoteAll: fc.boolean(),
      lastLineEnds: fc.boolean(),
      encoding: fc.constant(encoding),
    });
  });

it('gives back every text that was written, in whatever dialect and encoding', async () => {
  await fc.assert(
    fc.asyncProperty(tables, async (table) => {
      const { names, cells } = await ingest(write(table));
      expect(names).toEqual(namesOf(table));
      expect(cells.slice(0, -1)).toEqual(
        table.cells.map((row) => row.map((cell) => (cell === '' ? null : cell))),
      );
    }),
    { numRuns: 40 },
  );
});

function namesOf({ cells }: Table): string[] {
  return (cells[0] ?? []).map((_, column) => `the ${'abcd'[column]}`);
}

/** With a last line that makes every column one of texts. */
function write(table: Table): Buffer {
  const rows = [namesOf(table), ...table.cells, namesOf(table).map(() => 'last')];
  const lines = rows.map((row, index) => {
    const lineEnd = table.lineEnds[index % table.lineEnds.length] as string;
    const isLast = index === rows.length - 1 && !table.lastLineEnds;
    return row.map((cell) => quote(cell, row.length, table)).join(table.delimiter) + (isLast ? '' : lineEnd);
  });
  return encode(lines.join(''), table.encoding);
}

function quote(cell: string, width: number, { delimiter, quoteAll }: Table): string {
  // In one column, which has no delimiter, any might be taken for one; and an empty line is no row.
  const isAlone = width === 1 && (cell === '' || DELIMITERS.some((one) => cell.includes(one)));
  if (!quoteAll && !isAlone && !cell.includes(delimiter) && !/["\r\n]/.test(cell)) return cell;
  return `"${cell.replaceAll('"', '""')}"`;
}

function encode(text: string, encoding: Encoding): Buffer {
  switch (encoding) {
    case 'utf-8':
      return Buffer.from(text);
    case 'utf-8 with mark':
      return Buffer.from(`\ufeff${text}`);
    case 'latin1':
      return Buffer.from(text, 'latin1');
    case 'utf-16le':
      return Buffer.from(`\ufeff${text}`, 'utf16le');
    case 'utf-16be':
      return Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
  }
}
