/** The answer for n rows and k segments. */
export interface Scores {
  /** n × k, row-major: the non-negative weight of every segment. */
  readonly affinities: Float32Array;
  /** n: the strongest segment counted from 0, or −1 for an all-zero row. */
  readonly segments: Int32Array;
}

/** Scores rows of features with one model. */
export interface Scorer {
  /** @param rows n × d, row-major. @throws ClientError MODEL_UNAVAILABLE. */
  score(rows: Float32Array): Promise<Scores>;
  close(): Promise<void>;
}
