import type { DatasetColumn } from '../datasets/table/column';
import { ClientError } from '../errors';

const NAMED_COLUMNS = 30;

/**
 * The column to group by.
 *
 * @throws ClientError BAD_USER_INPUT that says which columns there are.
 */
export function findGroupColumn(columns: readonly DatasetColumn[], name: string): DatasetColumn {
  const column = columns.find((c) => c.name === name);
  const possible = columns.filter(({ type }) => type !== 'ITEMS').map((c) => `"${c.name}"`);
  const could = possible.length > 0 ? `it can be ${listed(possible)}` : 'and no other column can be';
  if (column === undefined) {
    throw new ClientError('BAD_USER_INPUT', `There is no column "${name}" to group by: ${could}`);
  }
  if (column.type === 'ITEMS') {
    const message = `Column "${name}" holds lists of items, which cannot be grouped by: ${could}`;
    throw new ClientError('BAD_USER_INPUT', message);
  }
  return column;
}

function listed(names: readonly string[]): string {
  const more = names.length - NAMED_COLUMNS;
  return `${names.slice(0, NAMED_COLUMNS).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
