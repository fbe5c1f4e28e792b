import type { BranchRecord } from '../organizations/branch';
import type { DatasetColumn } from './table/column';

export type DatasetStatus = 'PENDING' | 'READY' | 'FAILED';

/** A table that somebody uploaded. */
export interface DatasetRecord {
  readonly id: string;
  /** In the organization's list of data sets. */
  readonly place: string;
  readonly name: string;
  /** Of the uploaded bytes, in hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
  /** Null until it is READY. */
  readonly rows: number | null;
  readonly status: DatasetStatus;
  readonly columns: readonly DatasetColumn[];
  /** Why it FAILED. */
  readonly error: string | null;
  /** The place that it is of; null: of none, or of all. */
  readonly branch: BranchRecord | null;
  /** ISO 8601. */
  readonly createdAt: string;
}
