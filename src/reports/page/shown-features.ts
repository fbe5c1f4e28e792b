import type { ReportContent } from '../report';

/**
 * The indices of the features that a page has room for: those with the most heat in any segment, in the vocabulary's
 * order.
 */
export function shownFeatures({ heatmap }: ReportContent, most: number): number[] {
  const heat = heatmap.map((values) => Math.max(...values));
  return heat
    .map((_, feature) => feature)
    .sort((a, b) => (heat[b] as number) - (heat[a] as number) || a - b)
    .slice(0, most)
    .sort((a, b) => a - b);
}
