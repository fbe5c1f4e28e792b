import type { ColumnEncoding, SegmentationManifest } from '../onnx/manifest';
import { LARGEST_FEATURE } from '../segmentation/rows/feature-row';

type NumberEncoding = Extract<ColumnEncoding, { kind: 'NUMBER' }>;
type Convert = (value: number) => number;

/** Reads rows of one model's vocabulary as rows of another's: features are the same when their keys are. */
export class FeatureMapping {
  /** By the source's index: where the feature stands in the target, or −1, and how its numbers are converted. */
  readonly #targets: readonly { readonly index: number; readonly convert: Convert | null }[];

  constructor(source: SegmentationManifest, target: SegmentationManifest) {
    const index = new Map(target.features.map(({ key }, i) => [key, i]));
    this.#targets = source.features.map(({ key }) => ({
      index: index.get(key) ?? -1,
      convert: conversion(numberEncoding(source, key), numberEncoding(target, key)),
    }));
  }

  /**
   * @param row in the source's vocabulary.
   * @param into all zeros; in the target's vocabulary: features that the source does not know stay zero.
   * @returns false when the row has something that the target's vocabulary cannot say.
   */
  apply(row: Float32Array, into: Float32Array): boolean {
    let isWhole = true;
    for (const [i, { index, convert }] of this.#targets.entries()) {
      const value = row[i] ?? 0;
      if (value === 0) continue;
      if (index < 0) isWhole = false;
      else into[index] = convert === null ? value : convert(value);
    }
    return isWhole;
  }
}

function numberEncoding({ encoding }: SegmentationManifest, key: string): NumberEncoding | undefined {
  return encoding.find((column) => column.kind === 'NUMBER' && column.feature === key) as
    | NumberEncoding
    | undefined;
}

/** Two versions may have divided the same column by different numbers. Null: they agree, or do not say. */
function conversion(from: NumberEncoding | undefined, to: NumberEncoding | undefined): Convert | null {
  if (from === undefined || to === undefined) return null;
  const isLog = (encoding: NumberEncoding) => encoding.scale === 'LOG';
  if (from.divisor === to.divisor && isLog(from) === isLog(to)) return null;
  return (value) => {
    const scaled = value * from.divisor;
    const raw = isLog(from) ? Math.expm1(scaled) : scaled;
    return Math.min((isLog(to) ? Math.log1p(raw) : raw) / to.divisor, LARGEST_FEATURE);
  };
}
