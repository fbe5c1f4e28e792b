import { escapeXml } from '../../models/heatmap/svg-text';
import type { ReportContent } from '../report';
import { bar } from './bars';
import { count, percent, rows } from './report-numbers';
import { badge, type Section } from './section';
import { LOBBY_COLOUR, segmentColour } from './segment-colours';

const RADIUS = 78;
const THICKNESS = 40;
/** Percent of the circle that is left between two slices. */
const GAP = 0.5;
/** A slice thinner than this has no room for its number. */
const LEAST_MARKED = 0.05;

export function sizesSection(content: ReportContent): Section {
  return {
    id: 'sizes',
    title: 'Sizes and shares',
    reading:
      'Every row counts in the one segment that fits it best. The ring is all rows; a slice is a segment, with its number.',
    body: `<div class="card sizes">${donut(content)}${table(content)}</div>`,
  };
}

function donut({ segments, lobby, dataset }: ReportContent): string {
  const slices = [
    ...segments.map(({ number, share }, s) => ({ mark: String(number), share, colour: segmentColour(s) })),
    { mark: '', share: lobby.share, colour: LOBBY_COLOUR },
  ];
  let start = 0;
  const drawn = slices.map(({ mark, share, colour }) => {
    const from = start;
    start += share;
    return share > 0 ? slice(from, share, colour, mark) : '';
  });
  const label = `Shares: ${segments.map(({ number, share }) => `segment ${number} ${percent(share)}`).join(', ')}`;
  return `<svg class="donut" viewBox="-100 -100 200 200" role="img" aria-label="${label}">${drawn.join('')}
<text class="total" y="2">${count(dataset.rows)}</text><text class="unit" y="20">${dataset.rows === 1 ? 'row' : 'rows'}</text></svg>`;
}

function slice(start: number, share: number, colour: string, mark: string): string {
  const gap = share < 1 ? GAP : 0;
  const length = Math.max(0.2, 100 * share - gap);
  const circle = `<circle r="${RADIUS}" fill="none" stroke="${colour}" stroke-width="${THICKNESS}" pathLength="100" stroke-dasharray="${length.toFixed(2)} ${(100 - length).toFixed(2)}" stroke-dashoffset="${(-100 * start).toFixed(2)}" transform="rotate(-90)"/>`;
  if (share < LEAST_MARKED) return circle;
  const angle = 2 * Math.PI * (start + share / 2);
  const [x, y] = [RADIUS * Math.sin(angle), -RADIUS * Math.cos(angle)];
  return `${circle}<text class="mark" x="${x.toFixed(1)}" y="${y.toFixed(1)}" dy=".35em">${mark}</text>`;
}

function table({ segments, lobby }: ReportContent): string {
  const largest = Math.max(lobby.share, ...segments.map(({ share }) => share)) || 1;
  const line = (name: string, size: number, share: number, colour: string) =>
    `<tr><th scope="row">${name}</th><td class="number">${count(size)}</td><td class="number">${percent(share)}</td><td class="wide">${bar(share / largest, colour)}</td></tr>`;
  const lines = segments.map((segment, s) =>
    line(
      `<span class="named">${badge(segment, s)} <span>${escapeXml(segment.label)}</span></span>`,
      segment.size,
      segment.share,
      segmentColour(s),
    ),
  );
  if (lobby.size > 0) {
    const name = `<span class="named"><span class="badge" style="background:${LOBBY_COLOUR}">–</span> <span>No interest</span></span>`;
    lines.push(line(name, lobby.size, lobby.share, LOBBY_COLOUR));
  }
  return `<table class="bars"><caption>Rows per segment, ${rows(lobby.size + segments.reduce((sum, { size }) => sum + size, 0))} in all</caption>
<thead><tr><th scope="col">Segment</th><th scope="col" class="number">Rows</th><th scope="col" class="number">Share</th><td></td></tr></thead>
<tbody>${lines.join('\n')}</tbody></table>`;
}
