import type { Association } from '../report';

/**
 * How strongly rows and columns of a table of counts have to do with each other, empty ones aside.
 *
 * Sources: Pearson, On the criterion that a given system of deviations …, 1900 (χ²); Cramér, Mathematical Methods of
 * Statistics, 1946, chapter 21 (V = √(χ² / (n · (min(rows, columns) − 1)))).
 *
 * @returns null when fewer than two rows or columns have anything in them.
 */
export function associationOf(counts: readonly (readonly number[])[]): Association | null {
  const rowSums = counts.map((row) => sum(row));
  const columnSums = (counts[0] ?? []).map((_, c) => sum(counts.map((row) => row[c] as number)));
  const total = sum(rowSums);
  const rows = rowSums.filter((n) => n > 0).length;
  const columns = columnSums.filter((n) => n > 0).length;
  if (rows < 2 || columns < 2) return null;

  let chiSquare = 0;
  counts.forEach((row, r) => {
    row.forEach((count, c) => {
      const expected = ((rowSums[r] as number) * (columnSums[c] as number)) / total;
      if (expected > 0) chiSquare += (count - expected) ** 2 / expected;
    });
  });
  const largest = total * (Math.min(rows, columns) - 1);
  return {
    chiSquare,
    degreesOfFreedom: (rows - 1) * (columns - 1),
    cramersV: Math.sqrt(Math.min(1, chiSquare / largest)),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
