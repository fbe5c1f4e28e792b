import { escapeXml } from '../../models/heatmap/svg-text';
import type { ReportContent, ReportedFeature } from '../report';
import { amount, percent } from './report-numbers';
import { type Section, scrolling, segmentHeaders } from './section';
import { shownFeatures } from './shown-features';

const MOST_FEATURES = 60;
/** Shares that differ from all rows' by this have the strongest shade. */
const FAR_SHARE = 0.4;
const STRONGEST = 0.55;

export function meansSection(content: ReportContent): Section {
  const { segments } = content;
  const lines = [...columnLines(content), ...featureLines(content)];
  const left = content.features.length - MOST_FEATURES;
  return {
    id: 'means',
    title: 'Means per segment',
    reading: `What the rows of each segment have on average, beside the average of all rows: a percentage is the share of the segment's rows that have the feature, a number is a mean in the column's own unit. <span class="key above">Warm</span> is above the average of all rows, <span class="key below">cool</span> is below it; the stronger the shade, the further.${left > 0 ? ` The ${MOST_FEATURES} heaviest features are shown; the ${left} others are in the CSV file.` : ''}`,
    body: `<div class="card">${scrolling(
      'Means per segment',
      `<table class="means"><caption class="hidden">Means per segment</caption>
<thead><tr><td></td>${segmentHeaders(segments)}<th scope="col">All rows</th></tr></thead>
${lines.join('\n')}</table>`,
    )}</div>`,
  };
}

function columnLines({ columns }: ReportContent): string[] {
  if (columns.length === 0) return [];
  const lines = columns.map(({ name, mean, segmentMeans }) =>
    line(name, segmentMeans, mean, amount, (value, all) =>
      all > 0 && value >= 0 ? Math.log2(value / all) : 0,
    ),
  );
  return [`<tbody>${lines.join('\n')}</tbody>`];
}

/** Group by group. Numbers are left out: their columns are shown in their own unit. */
function featureLines(content: ReportContent): string[] {
  const { features, featureMeans, segments, columns } = content;
  const named = new Set(columns.map(({ name }) => name));
  const shown = shownFeatures(content, MOST_FEATURES).filter((f) => {
    const { isChoice, column } = features[f] as ReportedFeature;
    return isChoice || column === null || !named.has(column);
  });
  const groups = new Map<string | null, string[]>();
  for (const f of shown) {
    const { label, group, isChoice } = features[f] as ReportedFeature;
    const means = segments.map((segment) => segment.means[f] ?? null);
    const drawn = line(label, means, featureMeans[f] ?? null, isChoice ? percent : amount, (value, all) =>
      isChoice ? (value - all) / FAR_SHARE : Math.log2(value / all),
    );
    groups.set(group, [...(groups.get(group) ?? []), drawn]);
  }
  return [...groups].map(
    ([group, lines]) => `<tbody>${groupHeader(group, segments.length)}${lines.join('\n')}</tbody>`,
  );
}

function groupHeader(group: string | null, segments: number): string {
  if (group === null) return '';
  return `<tr><th scope="rowgroup" class="group" colspan="${segments + 2}"><span>${escapeXml(group)}</span></th></tr>`;
}

/** @param distance of a segment's mean from all rows': −1 and below is far below, 1 and above far above. */
function line(
  name: string,
  means: readonly (number | null)[],
  all: number | null,
  format: (value: number) => string,
  distance: (value: number, all: number) => number,
): string {
  const cells = means.map((mean) => {
    if (mean === null || all === null) return '<td class="number">–</td>';
    return `<td class="number"${shade(distance(mean, all))}>${format(mean)}</td>`;
  });
  return `<tr><th scope="row">${escapeXml(name)}</th>${cells.join('')}<td class="number all">${all === null ? '–' : format(all)}</td></tr>`;
}

function shade(distance: number): string {
  const strength = STRONGEST * Math.min(1, Math.abs(distance));
  if (!(strength >= 0.02)) return '';
  return ` style="background:rgb(var(--${distance > 0 ? 'above' : 'below'}) / ${strength.toFixed(2)})"`;
}
