import { type EncodedRows, openEncodedRows } from '../../datasets/encoding/encoded-rows';
import { fitEncoding } from '../../datasets/encoding/fit-encoding';
import type { DatasetColumn } from '../../datasets/table/column';
import { openDuckdb } from '../../datasets/table/duckdb';
import { parquetTable } from '../../datasets/table/table';
import { LocalScorer } from '../../inference/local-scorer';
import type { Task } from '../../jobs/task';
import { inLocale, type SegmentationManifest } from '../../onnx/manifest';
import { encodeSegmentationModel } from '../../onnx/segmentation-model';
import type { ReportProgress } from '../../progress';
import { heatmap } from '../../segmentation/explanation/heatmap';
import { findGroupColumn } from '../group-column';
import type { ReportContent } from '../report';
import { crossTableOf } from './cross-table';
import { findGroupValues, type GroupValues } from './group-values';
import { reportedFeatures, reportedMetrics, topFeatures } from './reported-model';
import { SegmentTally } from './segment-tally';
import { SideColumns } from './side-columns';

const MEMORY_MB = 200;
const THREADS = 2;

export interface BuildReportInput {
  /** The rows kept of the data set. */
  readonly parquet: string;
  /** An existing folder for what does not fit into memory. */
  readonly tempDirectory: string;
  readonly columns: readonly DatasetColumn[];
  readonly dataset: { readonly name: string; readonly sha256: string };
  /** With the labels that people gave its segments. */
  readonly manifest: SegmentationManifest;
  /** Null: the model was trained for this report alone. */
  readonly modelVersion: number | null;
  /** Null: not known. */
  readonly seed: number | null;
  /** The column of the cross-table; null: none. */
  readonly groupBy: string | null;
  /** ISO 8601. */
  readonly createdAt: string;
}

/**
 * Scores every row of a data set by a segmentation model, and tells what the segments are. Memory does not grow with
 * the number of rows.
 */
export const task: Task<BuildReportInput, ReportContent> = { run: buildReport };

/**
 * @throws ClientError BAD_USER_INPUT when there is no such column to group by, the data set lacks a column of the model,
 *   or holds a cell that cannot be encoded.
 */
async function buildReport(input: BuildReportInput, report: ReportProgress): Promise<ReportContent> {
  const { parquet, tempDirectory, columns, manifest } = input;
  const groupColumn = input.groupBy === null ? null : findGroupColumn(columns, input.groupBy);
  const numbers = numberColumns(columns, manifest).filter((name) => name !== input.groupBy);
  const encoding = fitEncoding(manifest, new Set(columns.map(({ name }) => name)));
  const featureKeys = manifest.features.map(({ key }) => key);

  const rows = await openEncodedRows(parquet, tempDirectory, encoding, featureKeys);
  // Of its own: a connection streams one result at a time.
  const database = await openDuckdb({ memoryMb: MEMORY_MB, threads: THREADS, tempDirectory });
  const scorer = await LocalScorer.open(encodeSegmentationModel(manifest), THREADS);
  try {
    const { connection } = database;
    const table = await parquetTable(connection, parquet);
    report(0, 'reading the columns');
    const group = groupColumn === null ? null : await findGroupValues(connection, table, groupColumn);
    const side = await SideColumns.open(connection, table, group, numbers);
    const tally = new SegmentTally({
      segments: manifest.segments.length,
      features: featureKeys.length,
      numbers: numbers.length,
      classes: group === null ? 0 : group.values.length + 2,
    });
    await tallyRows(rows, side, scorer, tally, report);
    return contentOf(input, rows.rowCount, tally, group, numbers);
  } finally {
    await scorer.close();
    await database.close();
    await rows.close();
  }
}

async function tallyRows(
  rows: EncodedRows,
  side: SideColumns,
  scorer: LocalScorer,
  tally: SegmentTally,
  report: ReportProgress,
): Promise<void> {
  let done = 0;
  for await (const batch of rows.batches()) {
    const { segments } = await scorer.score(batch);
    tally.add(segments, batch, await side.take(segments.length));
    done += segments.length;
    report(done / rows.rowCount, `row ${done} of ${rows.rowCount}`);
  }
}

function contentOf(
  input: BuildReportInput,
  rowCount: number,
  tally: SegmentTally,
  group: GroupValues | null,
  numbers: readonly string[],
): ReportContent {
  const { manifest, dataset } = input;
  const features = reportedFeatures(manifest);
  const tops = topFeatures(manifest, features);
  const sizeOf = (slot: number) => {
    const size = tally.sizes[slot] as number;
    return { size, share: rowCount > 0 ? size / rowCount : 0 };
  };
  const count = manifest.segments.length;
  return {
    title: `${dataset.name} in ${count} ${count === 1 ? 'segment' : 'segments'}`,
    createdAt: input.createdAt,
    dataset: { ...dataset, rows: rowCount },
    model: {
      name: manifest.name,
      version: input.modelVersion,
      algorithm: manifest.algorithm,
      isTrainedOnDataset: manifest.datasetHash === dataset.sha256,
      seed: input.seed,
      metrics: reportedMetrics(manifest),
    },
    features,
    featureMeans: tally.overallFeatureMeans(),
    segments: manifest.segments.map(({ number, key, label, description }, s) => ({
      number,
      key,
      label: inLocale(label, 'en'),
      description: inLocale(description, 'en'),
      ...sizeOf(s),
      topFeatures: tops[s] ?? [],
      means: tally.featureMeans(s),
    })),
    lobby: sizeOf(count),
    heatmap: heatmap(manifest.components),
    columns: numbers.map((name, column) => ({
      name,
      mean: tally.overallNumberMean(column),
      segmentMeans: manifest.segments.map((_, s) => tally.numberMean(column, s)),
    })),
    crossTable: group === null ? null : crossTableOf(group, tally),
  };
}

/** Columns whose mean says something: the model's numbers, and what would be one. Numbers that are codes are not. */
function numberColumns(columns: readonly DatasetColumn[], { encoding }: SegmentationManifest): string[] {
  const encoded = new Set(encoding.filter(({ kind }) => kind === 'NUMBER').map(({ column }) => column));
  return columns
    .filter(({ type }) => type === 'INTEGER' || type === 'NUMBER')
    .filter(({ name, suggestedEncoding }) => encoded.has(name) || suggestedEncoding.kind === 'NUMBER')
    .map(({ name }) => name);
}
