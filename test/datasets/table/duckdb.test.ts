import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type Duckdb, openDuckdb, quoteIdentifier, quoteLiteral } from '../../../src/datasets/table/duckdb';

describe('an open DuckDB', () => {
  let folder: string;
  let duckdb: Duckdb;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tertulia-duckdb-'));
    duckdb = await openDuckdb({
      memoryMb: 64,
      threads: 1,
      tempDirectory: folder,
      paths: [join(folder, 'may.csv')],
    });
  });

  afterAll(async () => {
    await duckdb.close();
    expect(readdirSync(folder)).toEqual(['may.csv', 'not.csv']);
    rmSync(folder, { recursive: true });
  });

  it('touches the files alone that it was given, and no setting', async () => {
    for (const name of ['may.csv', 'not.csv']) writeFileSync(join(folder, name), 'a\n1\n');
    const read = async (name: string) =>
      (
        await duckdb.connection.runAndReadAll(`FROM read_csv(${quoteLiteral(join(folder, name))})`)
      ).getRowsJS();

    await expect(read('may.csv')).resolves.toEqual([[1n]]);
    await expect(read('not.csv')).rejects.toThrow(/Permission/);
    await expect(duckdb.connection.run('SET enable_external_access = true')).rejects.toThrow();
    await expect(duckdb.connection.run('INSTALL httpfs')).rejects.toThrow();
  });

  it('takes any text as a name or a value', async () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).filter((s) => !s.includes('\0'));
    await fc.assert(
      fc.asyncProperty(text, text, async (name, value) => {
        const sql = `SELECT ${quoteLiteral(value)} AS ${quoteIdentifier(name)}`;
        const result = await duckdb.connection.runAndReadAll(sql);
        expect(result.columnNames()).toEqual([name]);
        expect(result.getRowsJS()).toEqual([[value]]);
      }),
      { numRuns: 50 },
    );
  });
});
