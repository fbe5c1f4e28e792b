import { inLocale, type SegmentationManifest } from '../onnx/manifest';
import { Explainer } from '../segmentation/explanation/explainer';

const TOP_FEATURES = 6;

/** A trained model in a few lines, for people. */
export function describeModel(manifest: SegmentationManifest): string {
  const { name, algorithm, features, segments, components, metrics } = manifest;
  const { rows, segmentShares } = metrics['training'] as {
    readonly rows: number;
    readonly segmentShares: Readonly<Record<string, number>>;
  };
  const explainer = new Explainer(components, algorithm);
  const lines = segments.map(({ number, key, label }, s) => {
    const top = explainer.topFeatures(s, TOP_FEATURES).map(({ feature, heat }) => {
      const { label } = features[feature] as (typeof features)[number];
      return `${inLocale(label, 'en')} ${heat.toFixed(2)}`;
    });
    const share = Math.round(100 * (segmentShares[key] ?? 0));
    return `${String(number).padStart(3)}  ${inLocale(label, 'en')}, ${share} % of the rows\n     ${top.join(', ')}`;
  });
  const error = (metrics['reconstructionError'] as number).toPrecision(8);
  return [
    `${name}: ${algorithm}, ${segments.length} segments of ${rows} rows and ${features.length} features, error ${error}`,
    ...comparison(metrics),
    ...lines,
    '',
  ].join('\n');
}

function comparison(metrics: SegmentationManifest['metrics']): string[] {
  const candidates = metrics['candidates'] as
    | readonly { segments: number; reconstructionError: number; copheneticCorrelation: number }[]
    | undefined;
  if (candidates === undefined || candidates.length === 0) return [];
  return [
    ...candidates.map(({ segments, reconstructionError, copheneticCorrelation }) => {
      const mark = segments === metrics['recommendedSegments'] ? '  recommended' : '';
      return `  ${segments} segments: error ${reconstructionError.toPrecision(6)}, stability ${copheneticCorrelation.toFixed(3)}${mark}`;
    }),
    '',
  ];
}
