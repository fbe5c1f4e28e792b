import type { ColumnType } from '../datasets/table/column';
import type { SegmentationManifest } from '../onnx/manifest';

/**
 * What a report says: plain JSON, with all that its page and its CSV show. Lists "by segment" and "by feature" have
 * the order of `segments` and `features`.
 */
export interface ReportContent {
  readonly title: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly dataset: ReportedDataset;
  readonly model: ReportedModel;
  readonly features: readonly ReportedFeature[];
  /** By feature, the mean over all rows, as the model reads them: of a choice, the share of the rows that have it. */
  readonly featureMeans: readonly number[];
  readonly segments: readonly ReportedSegment[];
  /** Rows without any interest: no segment is theirs. */
  readonly lobby: { readonly size: number; readonly share: number };
  /** values[feature][segment], 0..1: weights over the largest of all. */
  readonly heatmap: readonly (readonly number[])[];
  readonly columns: readonly ReportedColumn[];
  /** Null: nothing to group by was asked for. */
  readonly crossTable: CrossTable | null;
}

export interface ReportedDataset {
  readonly name: string;
  /** Of the uploaded bytes, in hexadecimal. */
  readonly sha256: string;
  readonly rows: number;
}

export interface ReportedModel {
  readonly name: string;
  /** Null: trained for this report alone. */
  readonly version: number | null;
  readonly algorithm: SegmentationManifest['algorithm'];
  /** Whether it was trained on these very rows. */
  readonly isTrainedOnDataset: boolean;
  /** Null: not known. */
  readonly seed: number | null;
  readonly metrics: ReportedMetrics;
}

/** What training measured on its own rows; null: it did not. */
export interface ReportedMetrics {
  readonly reconstructionError: number | null;
  readonly iterations: number | null;
  /** One for every k that was tried, the fewest segments first. */
  readonly candidates: readonly Candidate[];
  readonly recommendedSegments: number | null;
}

export interface Candidate {
  /** k. */
  readonly segments: number;
  readonly reconstructionError: number;
  /** How stable the segments are from start to start, at most 1; null: not measured. */
  readonly copheneticCorrelation: number | null;
  /** The mean squared error of cells that the model has not seen; null: not measured. */
  readonly heldOutError: number | null;
}

export interface ReportedFeature {
  readonly key: string;
  readonly label: string;
  /** The label of the group that it is shown in; null: none. */
  readonly group: string | null;
  /** The column that it is made of; null: the model does not say. */
  readonly column: string | null;
  /** Always 0 or 1, so that a mean is a share of rows. */
  readonly isChoice: boolean;
}

export interface ReportedSegment {
  readonly number: number;
  readonly key: string;
  readonly label: string;
  readonly description: string;
  /** Rows. */
  readonly size: number;
  /** Of all rows, those without interest included: 0..1. */
  readonly share: number;
  /** The heaviest first, at most ten. */
  readonly topFeatures: readonly ReportedTopFeature[];
  /** By feature, like `featureMeans`; null: the segment has no rows. */
  readonly means: readonly (number | null)[];
}

export interface ReportedTopFeature {
  readonly key: string;
  readonly label: string;
  /** The component's value. */
  readonly weight: number;
  /** The weight over the feature's mean weight in all segments: 1 says that it tells nothing apart. */
  readonly lift: number;
  /** The weight over the model's largest, 0..1. */
  readonly heat: number;
}

/** A column of numbers, in its own unit. */
export interface ReportedColumn {
  readonly name: string;
  /** Over the rows that have a number; null: there are none. */
  readonly mean: number | null;
  /** By segment. */
  readonly segmentMeans: readonly (number | null)[];
}

/** How the rows of each value of a column fall into the segments. */
export interface CrossTable {
  readonly column: string;
  readonly type: ColumnType;
  readonly values: readonly CrossTableRow[];
  /** Whether values and segments have to do with each other; null: there are not two of each to compare. */
  readonly association: Association | null;
}

export interface CrossTableRow {
  /** Null: the cell is missing, or OTHER. */
  readonly value: string | null;
  readonly kind: 'VALUE' | 'OTHER' | 'MISSING';
  /** Rows. */
  readonly size: number;
  /** By segment, rows. */
  readonly counts: readonly number[];
  /** By segment, of the value's rows: 0..1. */
  readonly shares: readonly number[];
  /** Rows without any interest. */
  readonly lobby: number;
}

export interface Association {
  /** Pearson's statistic over values (missing cells count as one) × segments, rows without interest aside. */
  readonly chiSquare: number;
  readonly degreesOfFreedom: number;
  /** 0: every value has the same segments; 1: the value tells the segment, or the other way round. */
  readonly cramersV: number;
}

/** What a row of a cross-table is called. */
export function groupName({ kind, value }: CrossTableRow): string {
  if (kind === 'OTHER') return '(other values)';
  return kind === 'MISSING' ? '(missing)' : (value as string);
}
