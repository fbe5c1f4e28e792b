/**
 * How warm every feature is in every segment: the components over their largest value.
 *
 * @param components k × d, non-negative.
 * @returns d × k, so `values[i][s]`, each 0..1.
 */
export function heatmap(components: readonly (readonly number[])[]): number[][] {
  const largest = components.flat().reduce((a, b) => Math.max(a, b), 0) || 1;
  const features = components[0] ?? [];
  return features.map((_, i) => components.map((row) => (row[i] as number) / largest));
}
