import { ClientError } from '../../errors';
import {
  COLUMN_ENCODING_KINDS,
  type ColumnEncodingKind,
  type DatasetColumn,
  type DeclaredEncoding,
  NUMBER_SCALES,
} from '../table/column';

/**
 * The encoding of every column, in the table's order: as declared, or else as suggested.
 *
 * @throws ClientError BAD_USER_INPUT that names the column, and says what it could be.
 */
export function declareEncoding(
  columns: readonly DatasetColumn[],
  declared: readonly DeclaredEncoding[],
): DeclaredEncoding[] {
  const names = new Set(columns.map(({ name }) => name));
  const byColumn = new Map<string, DeclaredEncoding>();
  for (const encoding of declared) {
    if (!names.has(encoding.column)) {
      refuse(`There is no column "${encoding.column}" to encode: the columns are ${listed([...names])}`);
    }
    if (byColumn.has(encoding.column)) {
      refuse(`The encoding of column "${encoding.column}" is declared twice: declare it once`);
    }
    byColumn.set(encoding.column, encoding);
  }
  return columns.map((column) => {
    const encoding = byColumn.get(column.name);
    if (encoding === undefined) return column.suggestedEncoding;
    checkOptions(encoding);
    checkKind(column, encoding.kind);
    return encoding;
  });
}

function checkOptions({ column, kind, scale, separator }: DeclaredEncoding): void {
  if (!COLUMN_ENCODING_KINDS.includes(kind)) {
    refuse(
      `Column "${column}" cannot be encoded as ${kind}: it must be one of ${COLUMN_ENCODING_KINDS.join(', ')}`,
    );
  }
  if (scale != null && kind !== 'NUMBER') refuse(`Column "${column}": only a NUMBER has a scale, no ${kind}`);
  if (scale != null && !NUMBER_SCALES.includes(scale)) {
    refuse(`Column "${column}": there is no scale ${scale}, but ${NUMBER_SCALES.join(', ')}`);
  }
  if (separator != null && kind !== 'MULTI_CHOICE' && kind !== 'BASKET') {
    refuse(`Column "${column}": only a MULTI_CHOICE has a separator, no ${kind}`);
  }
  if (separator === '')
    refuse(`Column "${column}": the separator is empty; it must be at least one character`);
}

function checkKind(column: DatasetColumn, kind: ColumnEncodingKind): void {
  const { name, type } = column;
  const could = type === 'ITEMS' ? 'BASKET or IGNORE' : possibleKinds(column).join(', ');
  if (kind === 'IGNORE') return;
  if ((kind === 'BASKET') !== (type === 'ITEMS')) {
    refuse(`Column "${name}" holds ${contents(column)}, which is no ${kind}: it can be ${could}`);
  }
  if (kind === 'NUMBER' && type !== 'INTEGER' && type !== 'NUMBER') {
    refuse(`Column "${name}" holds ${contents(column)}, which are no numbers: it can be ${could}`);
  }
  if (kind === 'NUMBER' && Number(column.min) < 0) {
    refuse(`Column "${name}" has negative numbers, down to ${column.min}: a NUMBER must not be negative`);
  }
  if (kind === 'BOOLEAN' && (type === 'INTEGER' || type === 'NUMBER') && !isZeroOrOne(column)) {
    refuse(
      `Column "${name}" holds ${contents(column)}, not 0 and 1 alone: it can be NUMBER, CATEGORY or IGNORE`,
    );
  }
}

function possibleKinds({ type }: DatasetColumn): ColumnEncodingKind[] {
  const isNumber = type === 'INTEGER' || type === 'NUMBER';
  return COLUMN_ENCODING_KINDS.filter((kind) => kind !== 'BASKET' && (kind !== 'NUMBER' || isNumber));
}

/** Whether a column of numbers could as well hold booleans. */
function isZeroOrOne({ min, max, distinct }: DatasetColumn): boolean {
  const isBit = (value: string | null) => value === null || Number(value) === 0 || Number(value) === 1;
  return distinct <= 2 && isBit(min) && isBit(max);
}

function contents({ type, min, max }: DatasetColumn): string {
  switch (type) {
    case 'ITEMS':
      return 'lists of items';
    case 'BOOLEAN':
      return 'booleans';
    case 'TEXT':
      return 'texts';
    default:
      return `numbers from ${min} to ${max}`;
  }
}

function listed(names: readonly string[]): string {
  const shown = names
    .slice(0, 30)
    .map((name) => `"${name}"`)
    .join(', ');
  return names.length > 30 ? `${shown} and ${names.length - 30} more` : shown;
}

function refuse(message: string): never {
  throw new ClientError('BAD_USER_INPUT', message);
}
