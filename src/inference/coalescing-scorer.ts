import DataLoader from 'dataloader';
import { ClientError } from '../errors';
import type { Metrics } from '../metrics';
import { checkRows } from './check-rows';
import type { Scorer } from './scorer';

/** The answer for one row. */
export interface Score {
  /** k weights. */
  readonly affinities: Float32Array;
  /** From 0; −1 where no affinity is positive. */
  readonly segment: number;
}

const MOST_ROWS = 1000;

/**
 * Scores single rows, all that are asked for in one turn of the event loop in one run of the model: a
 * run costs about 20 µs whatever its size.
 */
export class CoalescingScorer {
  private readonly loader: DataLoader<Float32Array, Score>;

  constructor(
    private readonly scorer: Omit<Scorer, 'close'>,
    private readonly metrics: Pick<Metrics, 'scoringBatchSize' | 'scoringSeconds'>,
  ) {
    this.loader = new DataLoader((rows) => this.scoreAll(rows), {
      cache: false,
      maxBatchSize: MOST_ROWS,
      batchScheduleFn: setImmediate,
    });
  }

  /**
   * @param row d features; not copied before the turn ends.
   * @throws ClientError as `Scorer.score` does, for this row alone.
   */
  async scoreOne(row: Float32Array): Promise<Score> {
    const { featureCount } = this.scorer;
    if (row.length !== featureCount) {
      throw new ClientError('BAD_USER_INPUT', `The model takes ${featureCount} features, not ${row.length}`);
    }
    checkRows(row, featureCount);
    return this.loader.load(row);
  }

  private async scoreAll(rows: readonly Float32Array[]): Promise<Score[]> {
    const { featureCount, segmentCount } = this.scorer;
    const matrix = new Float32Array(rows.length * featureCount);
    rows.forEach((row, i) => {
      matrix.set(row, i * featureCount);
    });
    this.metrics.scoringBatchSize.observe(rows.length);
    const stopTimer = this.metrics.scoringSeconds.startTimer();
    const { affinities, segments } = await this.scorer.score(matrix);
    stopTimer();
    return rows.map((_, i) => ({
      affinities: affinities.subarray(i * segmentCount, (i + 1) * segmentCount),
      segment: segments[i] as number,
    }));
  }
}
