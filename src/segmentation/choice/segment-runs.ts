import { ClientError } from '../../errors';
import { nextTurn } from '../event-loop';
import type { TrainingControl } from '../factorization';
import { rowsInMemory } from '../rows/rows-in-memory';
import { seededRandom } from '../rows/seeded-random';
import type { Segmenter } from '../segmenter';
import { consensusCorrelation } from './consensus';
import { heldOutError } from './held-out-error';

/** The rows are dealt into so many parts; each is held out once, while some runs learn from the others. */
const PARTS = 5;
const RUNS_PER_PART = 2;
const RUNS = PARTS * RUNS_PER_PART;

interface Part {
  /** Rows after rows: those to learn from, and those held out. */
  readonly learned: Float32Array;
  readonly heldOut: Float32Array;
  /** By feature the largest number learned from. */
  readonly largest: readonly number[];
}

/**
 * Ten quick trainings from different random starts, each of four fifths of the rows. Of two that
 * learned from the same rows, the one that fits them better foretells the fifth that was held out: so a start that led
 * nowhere does not count there. All ten together tell how stable the segments are.
 */
export class SegmentRuns {
  readonly #parts: readonly Part[];

  /**
   * @param rows rows after rows, none all zero.
   * @throws ClientError BAD_USER_INPUT when there are too few of them.
   */
  constructor(
    private readonly segmenter: Segmenter,
    private readonly rows: Float32Array,
    private readonly featureCount: number,
    private readonly seed: number,
  ) {
    const rowCount = rows.length / featureCount;
    if (rowCount < 2 * PARTS) {
      throw new ClientError(
        'BAD_USER_INPUT',
        `segmentRange: ${rowCount} rows that are not empty are too few to choose by: give segments, or at least ${2 * PARTS} rows.`,
      );
    }
    this.#parts = splitRows(rows, featureCount, seed);
  }

  /** The most segments, up to `enough`, that the rows of every part to learn from can be divided into. */
  mostSegments(enough: number): number {
    const d = this.featureCount;
    return Math.min(
      enough,
      ...this.#parts.map(({ learned, largest }) =>
        differentRows(learned, d, Math.min(enough, largest.filter((value) => value > 0).length)),
      ),
    );
  }

  /** @throws ClientError BAD_USER_INPUT when the rows cannot be divided into so many segments. */
  async compare(
    segments: number,
    { report, signal }: TrainingControl,
  ): Promise<{ copheneticCorrelation: number; heldOutError: number }> {
    const { train, quickStarts, fitRows } = this.segmenter;
    const random = seededRandom(this.seed);
    const segmentsByRun: Uint8Array[] = [];
    let error = 0;
    for (const { learned, heldOut, largest } of this.#parts) {
      let smallest = Number.POSITIVE_INFINITY;
      let best: readonly (readonly number[])[] = [];
      for (let run = 0; run < RUNS_PER_PART; run++) {
        await nextTurn(signal);
        report(segmentsByRun.length / RUNS, `run ${segmentsByRun.length + 1} of ${RUNS}`);
        const { components, reconstructionError } = await train(
          rowsInMemory(learned, this.featureCount),
          { segments, seed: Math.floor(random() * 2 ** 31), starts: quickStarts },
          { report: () => {}, signal },
        );
        segmentsByRun.push(this.#segmentsBy(components));
        if (reconstructionError < smallest) {
          smallest = reconstructionError;
          best = components;
        }
      }
      error += heldOutError(fitRows, best, heldOut, largest, this.seed) / PARTS;
    }
    return { copheneticCorrelation: consensusCorrelation(segmentsByRun), heldOutError: error };
  }

  #segmentsBy(components: readonly (readonly number[])[]): Uint8Array {
    const { rows, featureCount: d } = this;
    const model = this.segmenter.fitRows(components, [...Array(d).keys()]);
    return Uint8Array.from({ length: rows.length / d }, (_, row) => {
      model.fit(rows, row * d);
      return model.segment;
    });
  }
}

/** At most `enough`. */
function differentRows(rows: Float32Array, d: number, enough: number): number {
  const different = new Set<string>();
  for (let at = 0; at < rows.length && different.size < enough; at += d)
    different.add(rows.subarray(at, at + d).join());
  return different.size;
}

/** Deals the rows out at random, into parts as equal as can be. */
function splitRows(rows: Float32Array, d: number, seed: number): Part[] {
  const random = seededRandom(seed);
  const shuffled = Array.from({ length: rows.length / d }, (_, row) => ({ row, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ row }) => rows.subarray(row * d, (row + 1) * d));
  return Array.from({ length: PARTS }, (_, part) => {
    const learned = joined(shuffled.filter((__, i) => i % PARTS !== part));
    const largest = Array<number>(d).fill(0);
    learned.forEach((value, i) => {
      largest[i % d] = Math.max(largest[i % d] as number, value);
    });
    return { learned, heldOut: joined(shuffled.filter((__, i) => i % PARTS === part)), largest };
  });
}

function joined(rows: readonly Float32Array[]): Float32Array {
  const d = rows[0]?.length ?? 0;
  const all = new Float32Array(rows.length * d);
  rows.forEach((row, i) => {
    all.set(row, i * d);
  });
  return all;
}
