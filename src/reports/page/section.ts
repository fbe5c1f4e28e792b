import { escapeXml } from '../../models/heatmap/svg-text';
import type { ReportedSegment } from '../report';
import { segmentColour } from './segment-colours';

export interface Section {
  /** Its anchor. */
  readonly id: string;
  readonly title: string;
  /** How to read what it shows, in plain words; HTML. */
  readonly reading: string;
  /** HTML. */
  readonly body: string;
}

export function sectionHtml({ id, title, reading, body }: Section): string {
  return `<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${escapeXml(title)}</h2>
<p class="reading">${reading}</p>
${body}
</section>`;
}

/** What may be wider than the page: it then scrolls by itself, with the keyboard too. */
export function scrolling(label: string, html: string): string {
  return `<div class="scroll" role="region" aria-label="${escapeXml(label)}" tabindex="0">${html}</div>`;
}

/** A segment's number on its colour. */
export function badge({ number }: Pick<ReportedSegment, 'number'>, segment: number): string {
  return `<span class="badge" style="background:${segmentColour(segment)}">${number}</span>`;
}

/** The headers of a table with a column per segment. */
export function segmentHeaders(segments: readonly ReportedSegment[]): string {
  return segments
    .map((segment, s) => `<th scope="col">${badge(segment, s)} <span>${escapeXml(segment.label)}</span></th>`)
    .join('');
}

/** The first `length` characters, for places that cannot wrap. */
export function shortened(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}
