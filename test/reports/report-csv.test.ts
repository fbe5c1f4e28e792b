import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { quoteLiteral } from '../../src/datasets/table/duckdb';
import { reportCsv } from '../../src/reports/report-csv';
import { openWorkplace, type Workplace } from '../datasets/encoding/encoding-tables';
import { contentNamed } from './content';

let workplace: Workplace;
beforeAll(async () => {
  workplace = await openWorkplace();
});
afterAll(() => workplace.close());

/** As another program reads it. */
async function read(csv: string): Promise<(string | null)[][]> {
  const file = join(workplace.folder, 'report.csv');
  await writeFile(file, csv);
  const options = `all_varchar = true, header = true, delim = ',', quote = '"', escape = '"'`;
  const rows = await workplace.connection.runAndReadAll(`FROM read_csv(${quoteLiteral(file)}, ${options})`);
  return rows.getRowsJson() as (string | null)[][];
}

it('tells one value a line', () => {
  const lines = reportCsv(contentNamed((what) => what)).split('\r\n');
  expect(lines[0]).toBe('section,segment_number,segment_label,item,measure,value');
  expect(lines).toEqual(
    expect.arrayContaining([
      'report,,,,rows,10',
      'sizes,1,segment 1,,rows,6',
      'sizes,1,segment 1,,share,0.6',
      'sizes,,without interest,,rows,1',
      'top features,1,segment 1,f1,weight,0.5',
      'top features,1,segment 1,f1,lift,1.5',
      'features,2,segment 2,f0,share of rows,0.1',
      'features,,all rows,f1,mean as encoded,0.25',
      'columns,1,segment 1,column,mean,10',
      'columns,2,segment 2,column,mean,',
      'by branch,1,segment 1,value,rows,5',
      'by branch,2,segment 2,(missing),share of the value,0.75',
      "by branch,,,,Cramér's V,0.79",
      'choice of k,,,3 segments,held-out error,0.2',
      'choice of k,,,3 segments,cophenetic correlation,0.9',
    ]),
  );
  expect(lines.at(-1)).toBe('');
});

it.each([
  ['=1+1', "'=1+1"],
  ['+1', "'+1"],
  ['-2+3', "'-2+3"],
  ['@SUM(A1)', "'@SUM(A1)"],
  [' =1', "' =1"],
  ['＝1', "'＝1"],
  ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
  ['-5', '-5'],
  ['a,b', '"a,b"'],
])('writes the name %s as %s', (name, cell) => {
  expect(reportCsv(contentNamed(() => name))).toContain(`report,,,,model,${cell}\r\n`);
});

it('is read by others as it was written', async () => {
  const unit = fc.constantFrom('"', ',', '\n', '\r\n', "'", ';', 'a', 'é', '=', ' ');
  await fc.assert(
    fc.asyncProperty(fc.string({ unit, maxLength: 12 }), async (name) => {
      const rows = await read(reportCsv(contentNamed(() => `x${name}`)));
      const model = rows.find(([section, , , , measure]) => section === 'report' && measure === 'model');
      expect(model?.at(-1)).toBe(`x${name}`);
      expect(new Set(rows.map((row) => row.length))).toEqual(new Set([6]));
    }),
    { numRuns: 30 },
  );
});
