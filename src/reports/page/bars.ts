import { escapeXml } from '../../models/heatmap/svg-text';
import { percent } from './report-numbers';

export interface Part {
  readonly name: string;
  /** What stands inside of it where there is room. */
  readonly mark: string;
  /** Of the whole bar, 0..1. */
  readonly share: number;
  readonly colour: string;
}

/** A part narrower than this has no room for a mark, even on a phone. */
const LEAST_MARKED = 0.1;

/**
 * A bar as wide as its place, filled from the left. It says nothing to those who cannot see it: the number stands
 * beside it.
 *
 * @param share 0..1.
 */
export function bar(share: number, colour: string): string {
  return `<svg class="bar" aria-hidden="true"><rect class="track" width="100%" height="100%" rx="4"/><rect width="${width(share)}" height="100%" rx="4" fill="${colour}"/></svg>`;
}

/** A bar as wide as its place, divided into parts. */
export function stackedBar(name: string, parts: readonly Part[]): string {
  const label = `${name}: ${parts.map((part) => `${part.name} ${percent(part.share)}`).join(', ')}`;
  let x = 0;
  const drawn = parts.map(({ mark, share, colour }) => {
    const left = x;
    x += share;
    if (share === 0) return '';
    const rect = `<rect x="${width(left)}" width="${width(share)}" height="100%" fill="${colour}"/>`;
    if (share < LEAST_MARKED) return rect;
    return `${rect}<text x="${width(left + share / 2)}" y="50%" dy=".35em">${escapeXml(mark)}</text>`;
  });
  return `<svg class="stack" role="img" aria-label="${escapeXml(label)}">${drawn.join('')}</svg>`;
}

function width(share: number): string {
  return `${(100 * Math.min(1, Math.max(0, share))).toFixed(2)}%`;
}
