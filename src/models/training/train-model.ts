import { dirname } from 'node:path';
import { encodedRows } from '../../datasets/encoding/encoded-rows';
import { type ResolvedEncoding, resolveEncoding } from '../../datasets/encoding/resolve-encoding';
import type { DatasetColumn, DeclaredEncoding } from '../../datasets/table/column';
import { openDuckdb } from '../../datasets/table/duckdb';
import { parquetTable } from '../../datasets/table/table';
import { ClientError } from '../../errors';
import type { Task } from '../../jobs/task';
import type { SegmentationManifest } from '../../onnx/manifest';
import type { ReportProgress } from '../../progress';
import { chooseSegments, type SegmentsChoice } from '../../segmentation/choice/choose-segments';
import type { Factorization } from '../../segmentation/factorization';
import type { RowSource } from '../../segmentation/rows/row-source';
import { SEGMENTERS } from '../../segmentation/segmenter';
import { nameSegments } from './name-segments';

export interface TrainModelInput {
  /** The rows that were kept of the data set. */
  readonly parquet: string;
  /** An existing folder for what does not fit into memory; unless said, the one that `parquet` is in. */
  readonly tempDirectory?: string;
  readonly columns: readonly DatasetColumn[];
  /** For columns that are not to be encoded as suggested. */
  readonly declared: readonly DeclaredEncoding[];
  readonly name: string;
  readonly algorithm: 'NMF' | 'KMEANS';
  /** k; null: the recommended number of the range. */
  readonly segments: number | null;
  /** The numbers of segments to compare, from and to; null: none where k is given, or else 2 to 8. */
  readonly segmentRange: readonly [number, number] | null;
  /** Whether numbers of segments are compared also where k alone is given, as far as the data allow. */
  readonly isCompared?: boolean;
  readonly seed: number;
  readonly datasetHash: string | null;
  /** The model whose vocabulary, segments and their numbers are to go on; null: there is none. */
  readonly champion: SegmentationManifest | null;
  /** Keys of segments of all versions before: no new segment gets one of them. */
  readonly takenKeys: readonly string[];
  /** ISO 8601. */
  readonly createdAt: string;
}

export interface TrainModelOutput {
  readonly manifest: SegmentationManifest;
}

const MEMORY_MB = 200;
const THREADS = 2;
const [FEWEST_COMPARED, MOST_COMPARED] = [2, 8];
/** Of the whole time, roughly, that comparing numbers of segments takes. */
const COMPARED = 0.6;

/**
 * Trains a segmentation on a data set.
 *
 * @throws ClientError BAD_USER_INPUT that names the column, or says how many segments, rows or features there can be.
 */
export const task: Task<TrainModelInput, TrainModelOutput> = { run: trainModel };

async function trainModel(input: TrainModelInput, report: ReportProgress): Promise<TrainModelOutput> {
  const { parquet, tempDirectory = dirname(parquet), columns, declared, champion } = input;
  const database = await openDuckdb({
    memoryMb: MEMORY_MB,
    threads: THREADS,
    tempDirectory,
  });
  try {
    const { connection } = database;
    const table = await parquetTable(connection, parquet);
    report(0, 'encoding');
    const resolved = await resolveEncoding({ connection, table, columns, declared, champion });
    const keys = resolved.features.map(({ key }) => key);
    const rows = await encodedRows(connection, table, resolved.encoding, keys);
    checkSize(rows);

    const choice = await compareNumbers(rows, input, report);
    const k = input.segments ?? (choice as SegmentsChoice).recommendedSegments;
    const begun = choice === null ? 0 : COMPARED;
    const trained = await SEGMENTERS[input.algorithm].train(
      rows,
      { segments: k, seed: input.seed },
      { signal: NEVER, report: (progress, message) => report(begun + (1 - begun) * progress, message) },
    );
    return { manifest: manifestOf(input, resolved, rows, choice, trained) };
  } finally {
    await database.close();
  }
}

/** A task is cancelled by ending its process. */
const NEVER = new AbortController().signal;

function checkSize({ rowCount, featureCount }: RowSource): void {
  const what =
    rowCount < 2
      ? `${rowCount} row${rowCount === 1 ? '' : 's'}`
      : featureCount < 2
        ? `${featureCount} feature`
        : null;
  if (what === null) return;
  throw new ClientError(
    'BAD_USER_INPUT',
    `There is nothing to divide in ${what}: training needs at least two rows and two features`,
  );
}

/** @returns null when k is given and nothing is to be compared with it. */
async function compareNumbers(
  rows: RowSource,
  { segments, segmentRange, algorithm, seed, isCompared = false }: TrainModelInput,
  report: ReportProgress,
): Promise<SegmentsChoice | null> {
  const isAsked = segments === null || segmentRange !== null;
  if (!isAsked && !isCompared) return null;
  const [from, to] = segmentRange ?? [FEWEST_COMPARED, Math.max(MOST_COMPARED, segments ?? 0)];
  try {
    return await chooseSegments(
      rows,
      { from, to, seed, segmenter: SEGMENTERS[algorithm], isNarrowed: segmentRange === null },
      { signal: NEVER, report: (progress, message) => report(COMPARED * progress, message) },
    );
  } catch (error) {
    if (!isAsked && error instanceof ClientError) return null;
    throw error;
  }
}

function manifestOf(
  input: TrainModelInput,
  { features, groups, encoding }: ResolvedEncoding,
  { rowCount }: RowSource,
  choice: SegmentsChoice | null,
  trained: Factorization,
): SegmentationManifest {
  const { name, algorithm, createdAt, datasetHash, champion, takenKeys } = input;
  const { segments, order } = nameSegments(
    { algorithm, features, components: trained.components },
    champion,
    takenKeys,
  );
  const shares = segments.map(
    ({ key }, s) => [key, (trained.segmentSizes[order[s] as number] as number) / rowCount] as const,
  );
  const means = features.map(({ key }, i) => [key, trained.featureMeans[i] as number] as const);
  return {
    name,
    task: 'SEGMENTATION',
    algorithm,
    createdAt,
    features: [...features],
    groups,
    segments,
    components: order.map((s) => [...(trained.components[s] as readonly number[])]),
    encoding,
    metrics: {
      reconstructionError: trained.reconstructionError,
      iterations: trained.iterations,
      candidates: choice === null ? [] : choice.candidates.map((candidate) => ({ ...candidate })),
      recommendedSegments: choice?.recommendedSegments ?? null,
      training: {
        rows: rowCount,
        segmentShares: Object.fromEntries(shares),
        featureMeans: Object.fromEntries(means),
      },
    },
    datasetHash,
  };
}
