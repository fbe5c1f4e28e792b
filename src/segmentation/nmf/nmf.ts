import { ClientError } from '../../errors';
import { CooperativeYield } from '../event-loop';
import type { Factorization, TrainingControl, TrainingOptions } from '../factorization';
import { MOST_UNKNOWNS } from '../linear-algebra/nnls';
import type { RowSource } from '../rows/row-source';
import { PackedRows } from './packed-rows';
import { type Refined, refine } from './refine';
import { searchFromStarts } from './search';
import { type Fit, Sweeper } from './sweep';

export interface NmfOptions extends TrainingOptions {
  /** Random starts: 10 unless said. With several, one from the singular vectors comes on top. */
  readonly starts?: number;
  /** Bytes of rows in compact form to keep in memory: 256 MB unless said; 10,000,000 rows of 26 interests take 160. */
  readonly keptBytes?: number;
}

/** Multiplications in one sweep of the rows that the starts are tried on: about 5 ms. */
const SAMPLED_WORK = 4e6;
const MOST_SAMPLED_ROWS = 20_000;
const FEWEST_SAMPLED_ROWS = 2_000;
/** Where the starts were tried on all rows: until the error stands still to ten digits. */
const TO_THE_END = { tolerance: 1e-10, mostSweeps: 2_000 };
/** Beyond the sample: which rows there happen to be moves the error by more than what is left then. */
const ON_ALL_ROWS = { tolerance: 1e-6, mostSweeps: 40 };
/** What reading and searching are of the whole, roughly. */
const READ = 0.1;
const SEARCHED = 0.5;

/**
 * Non-negative matrix factorization: min‖X − WH‖ (Frobenius) over W ≥ 0 and H ≥ 0, by alternating exact least
 * squares from several starts. Of very many rows the starts are tried on a sample, and the best result is then
 * refined on all.
 *
 * The source is read once where the rows fit into memory in compact form, else once per sweep. The result depends on
 * the rows, their order and the options alone. The largest segment comes first. Where the rows need fewer segments
 * than asked for, a component may be all zero.
 *
 * @throws ClientError BAD_USER_INPUT when the rows cannot be divided into so many segments, or hold a number that is
 *   negative, not finite or too large.
 */
export async function trainNmf(
  source: RowSource,
  { segments: k, seed, starts = 10, keptBytes = 256e6 }: NmfOptions,
  { report, signal }: TrainingControl,
): Promise<Factorization> {
  checkSegments(k);
  signal.throwIfAborted();
  const yielding = new CooperativeYield(signal);
  report(0, 'reading the rows');
  const rows = await PackedRows.from(source, keptBytes, yielding, (read) =>
    report((READ * read) / source.rowCount, `read ${read} of ${source.rowCount} rows`),
  );
  checkRows(rows, k);

  const sampled = sampledRows(rows, k);
  const isSampled = sampled < rows.totals.positiveRows;
  const sample = isSampled ? await rows.sample(sampled, seed, yielding) : rows;
  const searched = await searchFromStarts(
    sample,
    new Sweeper(sample, k),
    { starts, seed },
    (progress, message) => report(READ + (SEARCHED - READ) * progress, message),
  );

  const sweeper = new Sweeper(rows, k);
  const refined = await refine(sweeper, searched.components, {
    ...(isSampled ? ON_ALL_ROWS : TO_THE_END),
    // Nobody knows how many sweeps it takes: ten bring half of the way that is left.
    onSweep: (sweep, error) =>
      report(1 - (1 - SEARCHED) * 0.5 ** (sweep / 10), `sweep ${sweep}, error ${error.toFixed(3)}`),
  });

  const { components, fit } = await fitLargestFirst(sweeper, refined);
  const reconstructionError = Math.sqrt(fit.squaredError);
  report(1, `error ${reconstructionError.toFixed(3)}`);
  return {
    components: rowsOf(components, k),
    reconstructionError,
    iterations: searched.sweeps + refined.sweeps,
    segmentSizes: fit.segmentSizes,
    featureMeans: Array.from(rows.totals.featureSums, (sum) => sum / rows.rowCount),
  };
}

function checkSegments(k: number): void {
  if (Number.isInteger(k) && k >= 1 && k <= MOST_UNKNOWNS) return;
  throw new ClientError('BAD_USER_INPUT', `segments: ${k} is not a whole number from 1 to ${MOST_UNKNOWNS}.`);
}

function checkRows({ totals, rowCount, featureCount }: PackedRows, k: number): void {
  if (totals.positiveRows === 0) {
    throw new ClientError(
      'BAD_USER_INPUT',
      `The data has no value other than zero in its ${rowCount} rows and ${featureCount} features: there is nothing to divide.`,
    );
  }
  const features = totals.featureSums.filter((sum) => sum > 0).length;
  const most = Math.min(totals.positiveRows, features);
  if (k <= most) return;
  const what = features < totals.positiveRows ? `${features} features` : `${totals.positiveRows} rows`;
  throw new ClientError(
    'BAD_USER_INPUT',
    `segments: ${k} are more than the data's ${what} that are not all zero: ask for ${most} at most.`,
  );
}

/** How many rows the starts are tried on. Heavy rows (many features, many segments) are fewer. */
function sampledRows({ totals, rowCount }: PackedRows, k: number): number {
  const workPerRow = (2 * k * totals.entries) / rowCount + 2 * k * k;
  const affordable = Math.max(FEWEST_SAMPLED_ROWS, Math.floor(SAMPLED_WORK / workPerRow));
  return Math.min(totals.positiveRows, MOST_SAMPLED_ROWS, affordable);
}

/** The last fit, in an order that agrees with its own sizes: a step earlier they may have been others. */
async function fitLargestFirst(
  sweeper: Sweeper,
  { components: unordered, segmentSizes }: Refined,
): Promise<{ components: Float64Array; fit: Fit }> {
  let components = largestFirst(unordered, segmentSizes);
  const fit = await sweeper.sweep(components);
  if (fit.segmentSizes.every((size, s) => s === 0 || size <= (fit.segmentSizes[s - 1] as number))) {
    return { components, fit };
  }
  components = largestFirst(components, fit.segmentSizes);
  return { components, fit: await sweeper.sweep(components) };
}

/** The components in the order of their segments' sizes; equals as they were. */
function largestFirst(components: Float64Array, sizes: readonly number[]): Float64Array {
  const d = components.length / sizes.length;
  const order = sizes.map((_, s) => s).sort((a, b) => (sizes[b] as number) - (sizes[a] as number));
  const ordered = new Float64Array(components.length);
  for (const [to, from] of order.entries())
    ordered.set(components.subarray(from * d, (from + 1) * d), to * d);
  return ordered;
}

function rowsOf(components: Float64Array, k: number): number[][] {
  const d = components.length / k;
  return Array.from({ length: k }, (_, s) => Array.from(components.subarray(s * d, (s + 1) * d)));
}
