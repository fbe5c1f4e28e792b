import { CELL_END, ESCAPE, ESCAPES, ITEM_END } from './read-csv-rows';

const ESCAPED = new RegExp(`${String.fromCharCode(ESCAPE)}(.)`, 'g');
const ORIGINALS = new Map([...ESCAPES].map(([byte, letter]) => [letter, String.fromCharCode(byte)]));

/** The cells of rows that CsvRows gave out, as texts. */
export function cellsOf(rows: Uint8Array): string[][] {
  if (rows.length === 0) return [];
  const lines = Buffer.from(rows).toString().slice(0, -1).split('\n');
  return lines.map((line) => line.split(String.fromCharCode(CELL_END)).map(original));
}

/** An SQL expression for the text of a cell that CsvRows gave out with escapes. */
export function originalSql(cell: string): string {
  // The escape's own letter comes last: only then can nothing that it brings back be taken for an escape.
  return [...ESCAPES].reduce(
    (sql, [byte, letter]) => `replace(${sql}, chr(${ESCAPE}) || '${letter}', chr(${byte}))`,
    cell,
  );
}

/** An SQL expression for the list of a basket's items. */
export function itemsSql(cell: string, isEscaped: boolean): string {
  const items = `string_split(${cell}, chr(${ITEM_END}))`;
  return isEscaped ? `list_transform(${items}, lambda item: ${originalSql('item')})` : items;
}

function original(cell: string): string {
  return cell.replace(ESCAPED, (all, letter: string) => ORIGINALS.get(letter) ?? all);
}
