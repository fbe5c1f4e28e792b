import { heatmapSvg } from '../../models/heatmap/heatmap-svg';
import { escapeXml } from '../../models/heatmap/svg-text';
import type { SegmentationManifest } from '../../onnx/manifest';
import type { ReportContent, ReportedFeature } from '../report';
import { type Section, scrolling, shortened } from './section';
import { shownFeatures } from './shown-features';

const MOST_FEATURES = 40;
const LABEL = 36;
const GROUP = 24;
/** The picture shrinks this far to fit its place; then it scrolls. */
const LEAST_SCALE = 0.65;

export function heatmapSection(content: ReportContent): Section {
  const shown = shownFeatures(content, MOST_FEATURES);
  const left = content.features.length - shown.length;
  // An image, as the picture's own style would otherwise reach the whole page.
  const svg = heatmapSvg(pictured(content, shown), { locale: 'en' });
  const width = Number(/ width="([\d.]+)"/.exec(svg)?.[1]);
  const image = `<img src="data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}" style="min-width:${Math.round(LEAST_SCALE * width)}px" alt="${escapeXml(describe(content))}">`;
  return {
    id: 'heatmap',
    title: 'Heat map',
    reading: `The whole model at a glance: a row is a feature, a column is a segment. The darker a cell, the more the feature counts there; 1 is the largest weight of all. Read down a column to see what a segment is about, along a row to see who shares a feature.${left > 0 ? ` The ${shown.length} heaviest features are shown; the ${left} others are in the CSV file.` : ''}`,
    body: `<figure class="card picture">${scrolling('Heat map', image)}</figure>`,
  };
}

/** The model, as far as the picture shows it. */
function pictured(
  { model, features, segments, heatmap, createdAt }: ReportContent,
  shown: readonly number[],
): SegmentationManifest {
  const kept = shown.map((f) => features[f] as ReportedFeature);
  const groups = [...new Set(kept.map(({ group }) => group))].filter((group) => group !== null);
  return {
    name: shortened(model.name, LABEL),
    task: 'SEGMENTATION',
    algorithm: model.algorithm,
    createdAt,
    features: kept.map(({ key, label, group }) => ({ key, label: { en: shortened(label, LABEL) }, group })),
    groups: groups.map((group) => ({ key: group, label: { en: shortened(group, GROUP) } })),
    segments: segments.map(({ number, key, label, description }) => ({
      number,
      key,
      label: { en: shortened(label, LABEL) },
      description: { en: description },
    })),
    components: segments.map((_, s) => shown.map((f) => heatmap[f]?.[s] ?? 0)),
    encoding: [],
    metrics: {},
    datasetHash: null,
  };
}

function describe({ segments }: ReportContent): string {
  const sentences = segments.map(({ number, label, topFeatures }) => {
    const heaviest = topFeatures.slice(0, 3).map((top) => `${top.label} ${top.heat.toFixed(2)}`);
    return `${number} ${label}: ${heaviest.join(', ')}.`;
  });
  return `Heat of the heaviest features. ${sentences.join(' ')}`;
}
