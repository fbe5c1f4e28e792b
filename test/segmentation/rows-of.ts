import type { RowSource } from '../../src/segmentation/rows/row-source';

/** Rows in memory, read in batches. */
export function rowsOf(rows: readonly ArrayLike<number>[], rowsPerBatch = 1000): RowSource {
  const featureCount = rows[0]?.length ?? 0;
  return {
    featureCount,
    rowCount: rows.length,
    async *batches() {
      for (let start = 0; start < rows.length; start += rowsPerBatch) {
        const batch = rows.slice(start, start + rowsPerBatch);
        yield Float32Array.from(batch.flatMap((row) => Array.from(row)));
      }
    },
  };
}
