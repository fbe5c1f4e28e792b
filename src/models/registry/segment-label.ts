import type { LocalizedText, SegmentationManifest } from '../../onnx/manifest';

/** What people call a segment, in place of what training called it. */
export interface SegmentLabel {
  /** The segment's. */
  readonly key: string;
  readonly label: LocalizedText;
  readonly description: LocalizedText;
}

/** The manifest with other labels: all that people may change of a model. */
export function relabel(
  manifest: SegmentationManifest,
  labels: readonly SegmentLabel[],
): SegmentationManifest {
  if (labels.length === 0) return manifest;
  const byKey = new Map(labels.map((label) => [label.key, label]));
  return {
    ...manifest,
    segments: manifest.segments.map((segment) => ({ ...segment, ...byKey.get(segment.key) })),
  };
}
