import { open, stat } from 'node:fs/promises';
import { type CsvDialect, findDialect, SAMPLE_BYTES } from './csv-dialect';
import { nameColumns } from './csv-header';
import { basketColumn, type CsvColumn, csvColumn } from './read-csv-columns';
import { refusal } from './read-csv-refusals';
import { CsvRows } from './read-csv-rows';
import { detectEncoding, readAsUtf8, type TextEncoding } from './text-encoding';

export interface CsvTable {
  readonly rows: number;
  readonly columns: readonly CsvColumn[];
}

/**
 * Reads a CSV file as it was uploaded, in whatever encoding and dialect, and writes its rows as CsvRows gives them
 * out: in bounded memory, and all of them checked.
 *
 * @param progress is told the share of the file that is read, 0..1.
 * @throws ClientError BAD_USER_INPUT for what cannot be understood.
 */
export async function readCsv(
  source: string,
  target: string,
  maxRows: number,
  progress: (share: number) => void,
): Promise<CsvTable> {
  const { size } = await stat(source);
  const encoding = await detectEncoding(source);
  const dialect = await dialectOf(source, encoding);
  const { grammar, basket, header } = dialect;
  const width = basket ? null : dialect.width;
  const names = basket ? [] : nameColumns(header, dialect.width);
  const firstLine = dialect.skippedBytes > 0 ? 2 : 1;
  const reader = new CsvRows(grammar, { width, header: header !== null, basket, maxRows, firstLine });

  const file = await open(target, 'w');
  try {
    // DuckDB drops a byte order mark: without ours, one that begins the first cell.
    await file.writeFile('\ufeff');
    let read = 0;
    let skip = dialect.skippedBytes;
    for await (const piece of readAsUtf8(source, encoding)) {
      await file.writeFile(reader.push(piece.subarray(skip)));
      skip = 0;
      read += piece.length;
      progress(Math.min(1, read / size));
    }
    await file.writeFile(reader.end());
  } finally {
    await file.close();
  }
  if (reader.rows === 0) throw refusal('The file has a header, but no rows below it.');

  const escaped = (column: number) => reader.escaped[column] === 1;
  const columns = names.map((name, column) =>
    csvColumn(name, {
      kinds: reader.kinds[column] ?? 0,
      escaped: escaped(column),
      delimiter: grammar.delimiter,
    }),
  );
  return { rows: reader.rows, columns: basket ? [basketColumn(escaped(0))] : columns };
}

async function dialectOf(source: string, encoding: TextEncoding): Promise<CsvDialect> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of readAsUtf8(source, encoding)) {
    pieces.push(Buffer.from(piece));
    bytes += piece.length;
    if (bytes > SAMPLE_BYTES) break;
  }
  return findDialect(Buffer.concat(pieces), bytes <= SAMPLE_BYTES);
}
