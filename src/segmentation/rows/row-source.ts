/** A non-negative matrix, n × d, that is read in batches, again and again, in the same order. */
export interface RowSource {
  /** d, the numbers in a row. */
  readonly featureCount: number;
  /** n. */
  readonly rowCount: number;
  /**
   * Every batch is rows after rows (row-major), whole ones, and belongs to the reader until it asks for the next.
   * Batches have the same sizes each time.
   */
  batches(): AsyncIterable<Float32Array>;
}
