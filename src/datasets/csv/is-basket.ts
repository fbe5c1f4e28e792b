import { looksLikeValue } from './csv-header';

/**
 * Whether rows of different lengths are baskets, one list of items per line, rather than a table that is damaged:
 * then no cell is empty, most are texts, no length is the rule, and items come again at other places of the line.
 */
export function isBasket(rows: readonly (readonly string[])[]): boolean {
  const cells = rows.flat();
  if (cells.some((cell) => cell.trim() === '')) return false;
  if (cells.filter(looksLikeValue).length > cells.length / 2) return false;
  return (
    !hasLoneTitle(rows) && mostFrequent(rows.map((row) => row.length)) < 0.8 * rows.length && itemsMove(rows)
  );
}

/** A first line of one cell that is nowhere else is a header. */
function hasLoneTitle([first = [], ...rest]: readonly (readonly string[])[]): boolean {
  const [title] = first;
  return first.length === 1 && title !== undefined && !rest.some((row) => row.includes(title));
}

/** Whether a good part of the items that come again do so in another column. */
function itemsMove(rows: readonly (readonly string[])[]): boolean {
  const columns = new Map<string, Set<number>>();
  let cells = 0;
  for (const row of rows) {
    for (const [column, item] of row.entries()) {
      cells++;
      columns.set(item, (columns.get(item) ?? new Set()).add(column));
    }
  }
  const moving = [...columns.values()].filter((places) => places.size > 1).length;
  return moving > 0 && columns.size < 0.8 * cells;
}

function mostFrequent(numbers: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1);
  return Math.max(...counts.values());
}
