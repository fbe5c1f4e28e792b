import { refusal } from './read-csv-refusals';

/** Packing a table takes 0.5 MB of memory per column. */
const MOST_COLUMNS = 1000;
/** Characters (Unicode code points): a question of a survey fits. */
const MOST_NAME_CHARACTERS = 500;

/** A number, a date or a time: nobody calls a column so. */
export function looksLikeValue(cell: string): boolean {
  return /^\s*[-+]?[.,]?\d[\d.,:/\sTZ%eE+-]*$/.test(cell);
}

/**
 * Whether the first row names the columns. It does not when it has numbers or dates where its column has them;
 * where there are texts alone, it does unless one of them comes again in its own column.
 */
export function hasHeader([first = [], ...rows]: readonly (readonly string[])[]): boolean {
  if (rows.length === 0) return !first.some(looksLikeValue);
  const columns = first.map((name, column) => ({ name, cells: rows.map((row) => row[column] ?? '') }));
  const ofValues = columns.filter(({ cells }) => holdsValues(cells));
  if (ofValues.some(({ name }) => name.trim() !== '' && !looksLikeValue(name))) return true;
  if (ofValues.length > 0 || first.some(looksLikeValue)) return false;
  return !columns.some(({ name, cells }) => name !== '' && cells.includes(name));
}

function holdsValues(cells: readonly string[]): boolean {
  const filled = cells.filter((cell) => cell.trim() !== '');
  return filled.length > 0 && filled.filter(looksLikeValue).length >= 0.9 * filled.length;
}

export interface ColumnName {
  readonly name: string;
  /** What was done to get the name, for people; null: it stands so in the header. */
  readonly note: string | null;
}

/**
 * Names that differ even without regard to capitals, on one line each: column1, column2 … where there are none.
 *
 * @param header the first row; null: it is no header.
 * @throws ClientError BAD_USER_INPUT for too many columns, or too long a name.
 */
export function nameColumns(header: readonly string[] | null, width: number): ColumnName[] {
  if (width > MOST_COLUMNS) {
    throw refusal(`Line 1 has ${width} columns: at most ${MOST_COLUMNS} are allowed.`, { columns: width });
  }
  const cells = header ?? Array.from({ length: width }, () => '');
  const wanted = cells.map((cell) =>
    cell
      .replace(/[\s\p{Cc}]+/gu, ' ')
      .trim()
      .normalize('NFC'),
  );
  for (const [column, name] of wanted.entries()) checkLength(name, column);

  const taken = new Set(wanted.map(fold));
  const seen = new Set<string>();
  return wanted.map((name, column) => {
    const isFirst = name !== '' && !seen.has(fold(name));
    seen.add(fold(name));
    if (isFirst)
      return {
        name,
        note: name === cells[column] ? null : 'The header is written over several lines or with blanks.',
      };
    const free = freeName(name, column, taken);
    taken.add(fold(free));
    if (header === null) return { name: free, note: null };
    return {
      name: free,
      note:
        name === '' ? 'The header is empty here.' : `The header has ${JSON.stringify(name)} more than once.`,
    };
  });
}

/** The names, none twice without regard to capitals: those that come again are numbered, "cluster_2". */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set(names.map(fold));
  const seen = new Set<string>();
  return names.map((name, column) => {
    const unique = seen.has(fold(name)) ? freeName(name, column, taken) : name;
    seen.add(fold(unique));
    taken.add(fold(unique));
    return unique;
  });
}

function freeName(name: string, column: number, taken: ReadonlySet<string>): string {
  let free = name === '' ? `column${column + 1}` : `${name}_2`;
  for (let next = name === '' ? 2 : 3; taken.has(fold(free)); next++) {
    free = `${name === '' ? `column${column + 1}` : name}_${next}`;
  }
  return free;
}

function checkLength(name: string, column: number): void {
  if (name.length <= MOST_NAME_CHARACTERS) return;
  const characters = [...name].length;
  if (characters <= MOST_NAME_CHARACTERS) return;
  throw refusal(
    `The name of column ${column + 1} has ${characters} characters: at most ${MOST_NAME_CHARACTERS} are allowed.`,
    { column: column + 1 },
  );
}

/** Two names are the same to DuckDB when they differ in capitals alone. */
function fold(name: string): string {
  return name.toLowerCase();
}
