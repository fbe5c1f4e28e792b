import { quoteIdentifier, quoteLiteral } from '../table/duckdb';
import type { Table } from '../table/table';
import type { CsvTable } from './read-csv';
import { CELL_END } from './read-csv-rows';

/** The rows that `readCsv` wrote to a file, as a typed table: only the columns that are asked for are converted. */
export function csvRowsTable(rowsFile: string, { columns }: CsvTable): Table {
  const reads = columns.map(({ read }, i) => `'c${i}': '${read}'`);
  const values = columns.map(({ name, value }, i) => `${value(`c${i}`)} AS ${quoteIdentifier(name)}`);
  // Nothing is left to DuckDB's guessing: CsvRows wrote the file.
  const rows = `read_csv(${quoteLiteral(rowsFile)}, columns = {${reads.join(', ')}}, auto_detect = false, header = false,
    delim = chr(${CELL_END}), quote = '', escape = '', comment = '', new_line = '\\n', nullstr = '',
    encoding = 'utf-8', skip = 0, null_padding = false, ignore_errors = false, strict_mode = true,
    max_line_size = 2097152, buffer_size = 4194304)`;
  return {
    from: `(SELECT ${values.join(', ')} FROM ${rows})`,
    columns: new Map(columns.map(({ name, type }) => [name, type])),
  };
}
