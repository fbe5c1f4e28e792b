import type { ReportProgress } from '../progress';

/** What a segmentation was asked for. */
export interface TrainingOptions {
  /** k, at least 1. */
  readonly segments: number;
  /** The same seed and the same rows give the same result. */
  readonly seed: number;
}

/** How a long computation is watched and stopped. */
export interface TrainingControl {
  readonly report: ReportProgress;
  /** Once aborted, the computation throws the signal's reason soon. */
  readonly signal: AbortSignal;
}

/**
 * A segmentation of n rows of d features into k segments, whatever the algorithm. NMF: X ≈ WH, W and H
 * non-negative, H's rows the components. K-means: the components are the centroids, W picks the nearest.
 */
export interface Factorization {
  /** k × d, non-negative. NMF: unit length, so that affinities compare. K-means: the centroids as they are. */
  readonly components: readonly (readonly number[])[];
  /** ‖X − WH‖, Frobenius: the square root of the sum of the squared distances of the rows to their fit. */
  readonly reconstructionError: number;
  /** Sweeps over the rows that led to the result. */
  readonly iterations: number;
  /** k: how many rows have their largest affinity in the segment, the lowest one of a tie; all-zero rows count in none. */
  readonly segmentSizes: readonly number[];
  /** d: the mean of every feature over all n rows. */
  readonly featureMeans: readonly number[];
}
