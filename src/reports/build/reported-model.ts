import { z } from 'zod';
import { type ColumnEncoding, inLocale, type SegmentationManifest } from '../../onnx/manifest';
import { Explainer } from '../../segmentation/explanation/explainer';
import type { ReportedFeature, ReportedMetrics, ReportedTopFeature } from '../report';

const TOP_FEATURES = 10;

const number = z.number().nullable().catch(null);
const candidate = z.object({
  segments: z.int(),
  reconstructionError: z.number(),
  copheneticCorrelation: number.default(null),
  heldOutError: number.default(null),
});
/** A manifest's metrics may be anything: what is not as training writes it is left out. */
const metrics = z.object({
  reconstructionError: number.default(null),
  iterations: number.default(null),
  candidates: z.array(candidate).catch([]).default([]),
  recommendedSegments: number.default(null),
});

export function reportedMetrics(manifest: SegmentationManifest): ReportedMetrics {
  const parsed = metrics.parse(manifest.metrics);
  return { ...parsed, candidates: parsed.candidates.sort((a, b) => a.segments - b.segments) };
}

export function reportedFeatures({ features, groups, encoding }: SegmentationManifest): ReportedFeature[] {
  return features.map(({ key, label, group }) => {
    const source = encoding.find((column) => makes(column, key));
    const groupLabel = groups.find((g) => g.key === group)?.label;
    return {
      key,
      label: inLocale(label, 'en'),
      group: groupLabel === undefined ? null : inLocale(groupLabel, 'en'),
      column: source?.column ?? null,
      isChoice: source !== undefined && source.kind !== 'NUMBER',
    };
  });
}

/** By segment, its heaviest features. */
export function topFeatures(
  { algorithm, components }: SegmentationManifest,
  features: readonly ReportedFeature[],
): ReportedTopFeature[][] {
  const explainer = new Explainer(components, algorithm);
  return components.map((_, segment) =>
    explainer.topFeatures(segment, TOP_FEATURES).map(({ feature, weight, lift, heat }) => {
      const { key, label } = features[feature] as ReportedFeature;
      return { key, label, weight, lift, heat };
    }),
  );
}

function makes(encoding: ColumnEncoding, key: string): boolean {
  if ('feature' in encoding) return encoding.feature === key;
  return 'choices' in encoding && Object.values(encoding.choices).includes(key);
}
