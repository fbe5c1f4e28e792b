import { createHash } from 'node:crypto';
import type { SegmentationManifest } from '../onnx/manifest';

/** Goes up when a report says something else of the same data: reports made before are then made again. */
const FORMAT = 2;

/** All that a report's content depends on, but for the time. */
export interface ReportQuestion {
  readonly datasetHash: string;
  /**
   * The model that is applied, with its labels as they are now; or the one whose vocabulary a model goes on with that
   * is trained for the report. Null: neither.
   */
  readonly manifest: SegmentationManifest | null;
  /** The version of the model that is applied; null: one is trained. */
  readonly modelVersion: number | null;
  /** Of the model that is trained; null: chosen, or none is trained. */
  readonly segments: number | null;
  readonly seed: number | null;
  readonly groupBy: string | null;
}

/** SHA-256 of the question, in hexadecimal: the same question gets the same answer. */
export function reportKey(question: ReportQuestion): string {
  const { datasetHash, manifest, modelVersion, segments, seed, groupBy } = question;
  const parts = [FORMAT, datasetHash, manifest, modelVersion, segments, seed, groupBy];
  return createHash('sha256').update(JSON.stringify(parts, sorted)).digest('hex');
}

/** Objects that differ in the order of their keys alone are the same. */
function sorted(_: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
