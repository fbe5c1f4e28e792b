import type { SegmentationManifest } from '../../src/onnx/manifest';

export interface ManifestParts {
  readonly name?: string;
  /** The vocabulary's keys. */
  readonly features: readonly string[];
  /** By segment key, in order: the weight of every feature. */
  readonly segments: Readonly<Record<string, readonly number[]>>;
  readonly metrics?: SegmentationManifest['metrics'];
  readonly encoding?: SegmentationManifest['encoding'];
}

/** The manifest of a small model. */
export function aManifest({
  name = 'nomads',
  features,
  segments,
  metrics = {},
  encoding,
}: ManifestParts): SegmentationManifest {
  return {
    name,
    task: 'SEGMENTATION',
    algorithm: 'NMF',
    createdAt: '2026-01-01T00:00:00.000Z',
    features: features.map((key) => ({ key, label: { en: key }, group: null })),
    groups: [],
    segments: Object.keys(segments).map((key, s) => ({
      number: s + 1,
      key,
      label: { en: `Label of ${key}` },
      description: { en: `Description of ${key}` },
    })),
    components: Object.values(segments).map((row) => [...row]),
    encoding: encoding ?? features.map((key) => ({ kind: 'BOOLEAN', column: key, feature: key })),
    metrics,
    datasetHash: null,
  };
}
