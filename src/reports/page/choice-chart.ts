import { svgNumber } from '../../models/heatmap/svg-text';
import type { Candidate } from '../report';
import { aligned } from './report-numbers';

const WIDTH = 680;
const LEFT = 72;
const RIGHT = 24;
const TOP = 34;
const PANEL = { title: 30, height: 104, gap: 24 };
const FOOT = 52;
const TICKS = 4;

type PlaceOf = (index: number) => number;

/** What is measured over k, one picture above the other; k as used and as recommended are marked. */
export function choiceChart(
  candidates: readonly Candidate[],
  { used, recommended }: { readonly used: number; readonly recommended: number | null },
): string {
  const panels = [
    { title: 'Error', values: candidates.map((c) => c.reconstructionError) },
    { title: 'Error on what was held out', values: candidates.map((c) => c.heldOutError) },
    { title: 'Stability', values: candidates.map((c) => c.copheneticCorrelation) },
  ].filter(({ values }) => values.some((value) => value !== null));
  const bottom = TOP + panels.length * (PANEL.title + PANEL.height + PANEL.gap) - PANEL.gap + 8;
  const step = (WIDTH - LEFT - RIGHT) / candidates.length;
  const x: PlaceOf = (i) => svgNumber(LEFT + step * (i + 0.5));

  const mark = (k: number | null, words: string, name: string) => {
    const i = candidates.findIndex(({ segments }) => segments === k);
    if (i < 0) return '';
    const left = svgNumber(x(i) - step / 2 + 2);
    return `<rect class="${name}" x="${left}" y="${TOP}" width="${svgNumber(step - 4)}" height="${bottom - TOP}" rx="6"/><text class="middle strong" x="${inside(x(i), words)}" y="24">${words}</text>`;
  };
  const marks =
    recommended === used
      ? mark(used, 'recommended, and used here', 'chosen')
      : mark(recommended, 'recommended', 'chosen') + mark(used, 'used here', 'used');
  const numbers = candidates.map(
    ({ segments }, i) => `<text class="middle" x="${x(i)}" y="${bottom + 18}">${segments}</text>`,
  );
  const label = `Error and stability for ${candidates.map(({ segments }) => segments).join(', ')} segments${recommended === null ? '' : `; ${recommended} are recommended`}`;
  return `<svg class="chart" viewBox="0 0 ${WIDTH} ${bottom + FOOT - 8}" role="img" aria-label="${label}">
${marks}
${panels.map(({ title, values }, p) => drawPanel(title, values, x, TOP + p * (PANEL.title + PANEL.height + PANEL.gap))).join('\n')}
${numbers.join('')}
<text class="middle" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${bottom + 38}">number of segments</text>
</svg>`;
}

function drawPanel(title: string, values: readonly (number | null)[], x: PlaceOf, top: number): string {
  const known = values.filter((value) => value !== null);
  const ticks = niceTicks(Math.min(...known), Math.max(...known));
  const low = ticks[0] as number;
  const high = ticks.at(-1) as number;
  const start = top + PANEL.title;
  const y = (value: number) => svgNumber(start + PANEL.height * (1 - (value - low) / (high - low)));
  const step = (ticks[1] as number) - low;
  // 0.25 takes one digit more than 0.2.
  const format = aligned(step, /2\.?5/.test(step.toPrecision(2)) ? 2 : 1);
  const grid = ticks.map(
    (tick) =>
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(tick)}" y2="${y(tick)}"/><text class="end" x="${LEFT - 10}" y="${y(tick) + 4}">${format(tick)}</text>`,
  );
  const points = values.flatMap((value, i) => (value === null ? [] : [{ x: x(i), y: y(value) }]));
  return `<text class="strong" x="${LEFT}" y="${start - 10}">${title}</text>${grid.join('')}
<polyline points="${points.map((p) => `${p.x},${p.y}`).join(' ')}"/>${points.map((p) => `<circle cx="${p.x}" cy="${p.y}" r="4.5"/>`).join('')}`;
}

/** Round numbers at equal steps that enclose the values, at least two. */
function niceTicks(min: number, max: number): number[] {
  const range = max - min || Math.abs(max) || 1;
  const magnitude = 10 ** Math.floor(Math.log10(range / TICKS));
  const step = magnitude * ([1, 2, 2.5, 5, 10].find((factor) => factor * magnitude * TICKS >= range) ?? 10);
  const first = Math.floor(min / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(max / step - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Where a centred text stays inside of the picture. */
function inside(x: number, words: string): number {
  const half = words.length * 3.8;
  return svgNumber(Math.min(WIDTH - half, Math.max(half, x)));
}
