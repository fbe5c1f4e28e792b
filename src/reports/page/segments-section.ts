import { escapeXml } from '../../models/heatmap/svg-text';
import type { ReportContent, ReportedSegment } from '../report';
import { bar } from './bars';
import { aligned, percent, rows, times } from './report-numbers';
import { badge, type Section } from './section';
import { segmentColour } from './segment-colours';

const SHOWN = 6;
/** Features lighter than this, of the segment's heaviest, say nothing of it. */
const LEAST_WEIGHT = 0.01;

export function segmentsSection({ segments }: ReportContent): Section {
  const heaviest = Math.max(0, ...segments.map(({ topFeatures }) => topFeatures[0]?.weight ?? 0));
  const format = aligned(heaviest, heaviest < 1 ? 2 : 3);
  return {
    id: 'segments',
    title: 'What makes each segment',
    reading:
      'A segment is described by its heaviest features. <em>Weight</em> is how much a feature counts in the segment: the longest bar is what it is mostly about. <em>Lift</em> compares that with the other segments: ×1.0 is as much as everywhere, ×2.0 twice as much, so a high lift is what sets the segment apart.',
    body: `<div class="cards">${segments.map((segment, s) => card(segment, s, format)).join('\n')}</div>`,
  };
}

function card(segment: ReportedSegment, s: number, format: (weight: number) => string): string {
  const { label, description, size, share } = segment;
  const about = description === label ? '' : `<p>${escapeXml(description)}</p>`;
  return `<article class="card segment" style="border-top-color:${segmentColour(s)}">
<h3>${badge(segment, s)} <span>${escapeXml(label)}</span></h3>
<p class="soft">${rows(size)} · ${percent(share)} of all</p>
${about}
${featureTable(segment, s, format)}
</article>`;
}

function featureTable(
  { topFeatures, number }: ReportedSegment,
  s: number,
  format: (weight: number) => string,
): string {
  const heaviest = topFeatures[0]?.weight ?? 0;
  const shown = topFeatures.filter(({ weight }) => weight >= LEAST_WEIGHT * heaviest).slice(0, SHOWN);
  if (shown.length === 0) return '<p class="soft">No feature has any weight here.</p>';
  const lines = shown.map(
    ({ label, weight, lift }) =>
      `<tr><th scope="row">${escapeXml(label)}</th><td class="wide">${bar(weight / heaviest, segmentColour(s))}</td><td class="number">${format(weight)}</td><td class="number lift">${times(lift)}</td></tr>`,
  );
  return `<table class="bars"><caption class="hidden">Heaviest features of segment ${number}</caption>
<thead><tr><th scope="col">Feature</th><td></td><th scope="col" class="number">Weight</th><th scope="col" class="number">Lift</th></tr></thead>
<tbody>${lines.join('\n')}</tbody></table>`;
}
