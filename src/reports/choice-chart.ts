import { svgNumber } from '../models/svg-text';
import type { Candidate } from './report';
import { aligned } from './report-numbers';

const WIDTH = 680;
const HEIGHT = 392;
const LEFT = 64;
const RIGHT = 24;
const ERROR = { top: 62, height: 112, title: 'Error: how much is lost' };
const STABILITY = { top: 232, height: 112, title: 'Stability: cophenetic correlation' };
const TICKS = 4;

interface Panel {
  readonly top: number;
  readonly height: number;
  readonly title: string;
}

/** Error and stability over k, one above the other, with k as used and as recommended marked. */
export function choiceChart(
  candidates: readonly Candidate[],
  { used, recommended }: { readonly used: number; readonly recommended: number | null },
): string {
  const step = (WIDTH - LEFT - RIGHT) / candidates.length;
  const x = (i: number) => svgNumber(LEFT + step * (i + 0.5));
  const mark = (k: number, words: string, name: string) => {
    const i = candidates.findIndex(({ segments }) => segments === k);
    if (i < 0) return '';
    const bottom = STABILITY.top + STABILITY.height;
    return `<rect class="${name}" x="${svgNumber(x(i) - step / 2 + 2)}" y="34" width="${svgNumber(step - 4)}" height="${bottom - 28}" rx="6"/><text class="middle strong" x="${clamped(x(i), words)}" y="24">${words}</text>`;
  };
  const label = `Error and cophenetic correlation for ${candidates.map(({ segments }) => segments).join(', ')} segments${recommended === null ? '' : `; ${recommended} are recommended`}`;
  const numbers = candidates.map(
    ({ segments }, i) =>
      `<text class="middle" x="${x(i)}" y="${STABILITY.top + STABILITY.height + 20}">${segments}</text>`,
  );
  const marks =
    recommended === used
      ? mark(used, 'recommended, and used here', 'chosen')
      : mark(recommended ?? 0, 'recommended', 'chosen') + mark(used, 'used here', 'used');
  return `<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">
${marks}
${drawPanel(
  ERROR,
  candidates.map((c) => c.reconstructionError),
  x,
)}
${drawPanel(
  STABILITY,
  candidates.map((c) => c.copheneticCorrelation),
  x,
)}
${numbers.join('')}
<text class="middle" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 6}">number of segments</text>
</svg>`;
}

function drawPanel(
  { top, height, title }: Panel,
  values: readonly (number | null)[],
  x: (i: number) => number,
): string {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return '';
  const ticks = niceTicks(Math.min(...known), Math.max(...known));
  const low = ticks[0] as number;
  const high = ticks.at(-1) as number;
  const y = (value: number) => svgNumber(top + height * (1 - (value - low) / (high - low)));
  const step = (ticks[1] as number) - low;
  // 0.25 takes one digit more than 0.2.
  const format = aligned(step, step.toPrecision(2).includes('5') ? 2 : 1);
  const grid = ticks.map(
    (tick) =>
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(tick)}" y2="${y(tick)}"/><text class="end" x="${LEFT - 10}" y="${y(tick) + 4}">${format(tick)}</text>`,
  );
  const points = values.flatMap((value, i) => (value === null ? [] : [{ x: x(i), y: y(value) }]));
  return `<text class="strong" x="${LEFT}" y="${top - 12}">${title}</text>${grid.join('')}
<polyline points="${points.map((p) => `${p.x},${p.y}`).join(' ')}"/>${points.map((p) => `<circle cx="${p.x}" cy="${p.y}" r="4.5"/>`).join('')}`;
}

/** Round numbers at equal steps that enclose the values, at least two. */
function niceTicks(min: number, max: number): number[] {
  const range = max - min || Math.abs(max) || 1;
  const magnitude = 10 ** Math.floor(Math.log10(range / TICKS));
  const step =
    magnitude * ([1, 2, 2.5, 5, 10].find((factor) => factor * magnitude * TICKS >= range) as number);
  const first = Math.floor(min / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(max / step - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Where a centred text stays inside of the picture. */
function clamped(x: number, words: string): number {
  const half = words.length * 3.6;
  return svgNumber(Math.min(WIDTH - half, Math.max(half, x)));
}
