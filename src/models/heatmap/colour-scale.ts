type Rgb = readonly [red: number, green: number, blue: number];

/**
 * From nearly white to navy at equal steps from 0 to 1. It darkens all the way, so that it reads the
 * same with any colour vision, and in grey; what weighs nothing recedes into the page.
 */
const SCALE: readonly Rgb[] = [
  [243, 246, 249],
  [211, 230, 238],
  [163, 209, 222],
  [106, 180, 203],
  [54, 142, 180],
  [28, 102, 149],
  [20, 68, 117],
  [12, 38, 82],
];

/** The colour of a value 0..1, and of text on it. */
export function colourOf(value: number): { fill: string; text: string } {
  const position = Math.min(1, Math.max(0, value)) * (SCALE.length - 1);
  const below = Math.min(SCALE.length - 2, Math.floor(position));
  const from = SCALE[below] as Rgb;
  const to = SCALE[below + 1] as Rgb;
  const mix = (channel: 0 | 1 | 2) =>
    Math.round(from[channel] + (to[channel] - from[channel]) * (position - below));
  const colour: Rgb = [mix(0), mix(1), mix(2)];
  const fill = `#${colour.map((c) => c.toString(16).padStart(2, '0')).join('')}`;
  return { fill, text: luminance(colour) > EQUAL_CONTRAST ? '#000000' : '#ffffff' };
}

/** The luminance on which black and white text have the same contrast, 4.6 to 1: √(1.05 · 0.05) − 0.05. */
const EQUAL_CONTRAST = 0.179;

/** Relative luminance, 0..1: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((channel) => {
    const c = channel / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
