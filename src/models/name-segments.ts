import type { Feature, SegmentationManifest, SegmentDescription } from '../onnx/manifest';

export interface NamedSegments {
  /** In the order of their numbers. */
  readonly segments: SegmentDescription[];
  /** By place in `segments`, the index of the component. */
  readonly order: number[];
}

export function nameSegments(
  components: readonly (readonly number[])[],
  features: readonly Feature[],
  _champion: SegmentationManifest | null,
  _takenKeys: readonly string[],
): NamedSegments {
  const segments = components.map((row, s) => {
    const top = [...row.keys()].sort((a, b) => (row[b] as number) - (row[a] as number)).slice(0, 3);
    const label = top.map((i) => features[i]?.label.en).join(', ');
    return { number: s + 1, key: `segment-${s + 1}`, label: { en: label }, description: { en: label } };
  });
  return { segments, order: components.map((_, s) => s) };
}
