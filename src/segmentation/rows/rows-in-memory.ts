import type { RowSource } from './row-source';

/** Rows that are held in memory, as one batch. */
export function rowsInMemory(rows: Float32Array, featureCount: number): RowSource {
  return {
    featureCount,
    rowCount: rows.length / featureCount,
    async *batches() {
      yield rows;
    },
  };
}
