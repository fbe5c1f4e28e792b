import type { Factorization, TrainingControl, TrainingOptions } from './factorization';
import { trainKMeans } from './k-means/k-means';
import { trainNmf } from './nmf/nmf';
import { CentroidFit, type FitRows, LeastSquaresFit } from './row-fit';
import type { RowSource } from './rows/row-source';

/** One algorithm: how it is trained, and how its model then sees a row. */
export interface Segmenter {
  /** @param options `starts`: how many random ones, of which the best counts. */
  train(
    rows: RowSource,
    options: TrainingOptions & { readonly starts?: number },
    control: TrainingControl,
  ): Promise<Factorization>;
  /** Starts of a quick training: enough that the result mostly is not a poor one. */
  readonly quickStarts: number;
  readonly fitRows: FitRows;
}

/** By the manifest's `algorithm`. */
export const SEGMENTERS: Readonly<Record<'NMF' | 'KMEANS', Segmenter>> = {
  NMF: {
    train: trainNmf,
    quickStarts: 1,
    fitRows: (components, known) => new LeastSquaresFit(components, known),
  },
  // With one start k-means often leaves two segments in one: the choice then found 52 of 72 planted numbers, not all.
  KMEANS: {
    train: trainKMeans,
    quickStarts: 4,
    fitRows: (components, known) => new CentroidFit(components, known),
  },
};
