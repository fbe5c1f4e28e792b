/** Mid-tones that are told apart beside each other, on light and dark ground, and carry white text (contrast ≥ 4.5). */
const COLOURS = [
  '#b4472c',
  '#1f7384',
  '#946400',
  '#7b4b94',
  '#4f7328',
  '#3f66ac',
  '#b0426a',
  '#7a5a3a',
  '#2b7a58',
  '#5d5bb0',
] as const;

/** Of rows without any interest. */
export const LOBBY_COLOUR = '#716c66';

/** @param segment its index from 0. The colours begin anew where there are more segments: numbers tell them apart. */
export function segmentColour(segment: number): string {
  return COLOURS[segment % COLOURS.length] as string;
}
