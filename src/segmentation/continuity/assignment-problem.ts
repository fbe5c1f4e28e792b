/**
 * Pairs rows with columns, each at most once, so that the sum of the pairs' weights is the largest there is. With
 * fewer rows than columns every row has a pair, with fewer columns every column.
 *
 * Rows are added one by one, each along the shortest augmenting path by reduced costs: O(rows² × columns).
 *
 * Sources: Kuhn, The Hungarian Method for the Assignment Problem, 1955; Jonker, Volgenant, A Shortest Augmenting Path
 * Algorithm for Dense and Sparse Linear Assignment Problems, 1987.
 *
 * @param weights rows × columns, finite.
 * @returns by row its column; −1: none.
 */
export function heaviestPairs(weights: readonly (readonly number[])[]): number[] {
  const columns = weights[0]?.length ?? 0;
  if (weights.length <= columns) return pairRows(weights);
  const rowOfColumn = pairRows(
    Array.from({ length: columns }, (_, c) => weights.map((row) => row[c] as number)),
  );
  return weights.map((_, row) => rowOfColumn.indexOf(row));
}

/** With at least as many columns as rows. The column after the last is where each path begins: it belongs to no one. */
function pairRows(weights: readonly (readonly number[])[]): number[] {
  const columns = weights[0]?.length ?? 0;
  const rowPrices = weights.map(() => 0);
  const columnPrices = Array<number>(columns + 1).fill(0);
  const rowOf = Array<number>(columns + 1).fill(-1);

  for (let newRow = 0; newRow < weights.length; newRow++) {
    const distances = Array<number>(columns).fill(Number.POSITIVE_INFINITY);
    const cameFrom = Array<number>(columns).fill(columns);
    const visited = Array<boolean>(columns + 1).fill(false);
    rowOf[columns] = newRow;
    let column = columns;
    while (rowOf[column] !== -1) {
      visited[column] = true;
      const row = rowOf[column] as number;
      let next = -1;
      for (let c = 0; c < columns; c++) {
        if (visited[c]) continue;
        const cost =
          -(weights[row]?.[c] as number) - (rowPrices[row] as number) - (columnPrices[c] as number);
        if (cost < (distances[c] as number)) {
          distances[c] = cost;
          cameFrom[c] = column;
        }
        if (next === -1 || (distances[c] as number) < (distances[next] as number)) next = c;
      }
      const step = distances[next] as number;
      for (let c = 0; c <= columns; c++) {
        if (visited[c]) {
          rowPrices[rowOf[c] as number] = (rowPrices[rowOf[c] as number] as number) + step;
          columnPrices[c] = (columnPrices[c] as number) - step;
        } else {
          distances[c] = (distances[c] as number) - step;
        }
      }
      column = next;
    }
    while (column !== columns) {
      const before = cameFrom[column] as number;
      rowOf[column] = rowOf[before] as number;
      column = before;
    }
  }
  return weights.map((_, row) => rowOf.indexOf(row));
}
