/** The answer for n rows and k segments. */
export interface Scores {
  /** n × k, row-major: the non-negative weight of every segment. */
  readonly affinities: Float32Array;
  /** n: the strongest segment counted from 0, or −1 where no affinity is positive (an all-zero row). */
  readonly segments: Int32Array;
}

/** Scores rows of features with one model. */
export interface Scorer {
  /** d, the numbers in a row. */
  readonly featureCount: number;
  /** k, the affinities of a row. */
  readonly segmentCount: number;
  /**
   * @param rows n × d, row-major; n may be 0.
   * @throws ClientError BAD_USER_INPUT when a number is negative or not finite, or the last row is not
   *   whole; MODEL_UNAVAILABLE when the model does not answer.
   */
  score(rows: Float32Array): Promise<Scores>;
  close(): Promise<void>;
}
