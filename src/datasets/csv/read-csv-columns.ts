import type { ColumnType } from '../table/column';
import { quoteLiteral } from '../table/duckdb';
import type { ColumnName } from './csv-header';
import { ABSENT_WORDS, CELL_KIND, TRUE_WORDS } from './read-csv-cell';
import { itemsSql, originalSql } from './read-csv-text';

/** A column of the rows that CsvRows gave out, and how it becomes a column of the table. */
export interface CsvColumn extends ColumnName {
  readonly type: ColumnType;
  /** As what DuckDB is to read its cells. */
  readonly read: 'VARCHAR' | 'BIGINT' | 'DOUBLE';
  /** @param cell an SQL expression for the cell as it was read; null when empty. */
  value(cell: string): string;
}

interface SeenCells {
  /** `CELL_KIND`s added up. */
  readonly kinds: number;
  /** Whether any holds an escape. */
  readonly escaped: boolean;
  readonly delimiter: string;
}

/** Which type all the cells of a column have: where they differ, or there are none, TEXT. */
export function csvColumn({ name, note }: ColumnName, { kinds, escaped, delimiter }: SeenCells): CsvColumn {
  const { INTEGER, POINT, COMMA, TRUE, FALSE, ABSENT } = CELL_KIND;
  const present = kinds & ~ABSENT;
  const hasAbsent = kinds !== present;
  const allAre = (allowed: number) => present !== 0 && (present & ~allowed) === 0;

  if (allAre(INTEGER)) return number('INTEGER', 'BIGINT', (cell) => cell);
  if (allAre(INTEGER | POINT)) return number('NUMBER', 'DOUBLE', (cell) => cell);
  if (allAre(INTEGER | COMMA) && delimiter === ';') {
    return typed('NUMBER', (cell) => `CAST(replace(${cell}, ',', '.') AS DOUBLE)`);
  }
  // One word alone may well be something else: the f of a size, or a constant.
  if (present === (TRUE | FALSE)) return typed('BOOLEAN', (cell) => isOneOf(cell, TRUE_WORDS));
  return { name, note, type: 'TEXT', read: 'VARCHAR', value: escaped ? originalSql : (cell) => cell };

  function number(type: ColumnType, read: 'BIGINT' | 'DOUBLE', value: CsvColumn['value']): CsvColumn {
    if (!hasAbsent) return { name, note, type, read, value };
    return typed(type, (cell) => `CAST(${cell} AS ${read})`);
  }

  function typed(type: ColumnType, value: CsvColumn['value']): CsvColumn {
    if (!hasAbsent) return { name, note, type, read: 'VARCHAR', value };
    const told = `${note === null ? '' : `${note} `}NA, NULL and the like count as missing.`;
    const present = (cell: string) => `CASE WHEN NOT ${isOneOf(cell, ABSENT_WORDS)} THEN ${value(cell)} END`;
    return { name, note: told, type, read: 'VARCHAR', value: present };
  }
}

/** The one column of a basket file. */
export function basketColumn(escaped: boolean): CsvColumn {
  return {
    name: 'items',
    note: null,
    type: 'ITEMS',
    read: 'VARCHAR',
    value: (cell) => itemsSql(cell, escaped),
  };
}

function isOneOf(cell: string, words: readonly string[]): string {
  return `(lower(trim(${cell})) IN (${words.map(quoteLiteral).join(', ')}))`;
}
