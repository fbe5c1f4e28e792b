import { type Feature, inLocale, type Locale, type SegmentationManifest } from '../../onnx/manifest';
import { heatmap } from '../../segmentation/explanation/heatmap';
import { colourOf } from './colour-scale';
import { escapeXml, svgNumber, svgText, widthOf, wrapWords } from './svg-text';

const MARGIN = 36;
const TITLE = { height: 62, fontSize: 23 };
const HEADER = { number: 34, line: 17, characters: 16 };
const CELL = { width: 144, height: 23, gap: 2 };
const GROUP = { gap: 14, bracket: 28 };
const LABEL_GAP = 14;
const LEGEND = { gap: 22, height: 40, stops: 8 };

const STYLE = `text { font: 14px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: #14213d; }
.title { font-size: ${TITLE.fontSize}px; font-weight: 700; }
.strong { font-weight: 600; }
.muted { fill: #5c677d; }
.number { font-size: 20px; font-weight: 700; }
.value { font-size: 13px; font-variant-numeric: tabular-nums; }
.middle { text-anchor: middle; }
.end { text-anchor: end; }`;

const WORDS = {
  en: {
    title: (name: string) => `The segments of ${name}`,
    subtitle: 'How much every interest weighs in every segment, relative to the largest weight',
    nothing: 'nothing',
    largest: 'the largest',
  },
  es: {
    title: (name: string) => `Los segmentos de ${name}`,
    subtitle: 'Cuánto pesa cada interés en cada segmento, en relación con el mayor peso',
    nothing: 'nada',
    largest: 'el mayor',
  },
};

/**
 * The heat map of a model as one self-contained SVG picture: a row per interest, group by group, a
 * column per segment, every cell with its value 0..1 to two digits.
 */
export function heatmapSvg(manifest: SegmentationManifest, { locale }: { locale: Locale }): string {
  const words = WORDS[locale];
  const title = words.title(manifest.name);
  const values = heatmap(manifest.components);
  const groups = rowGroups(manifest, locale);
  const groupNames = groups.map((group) => group.name).filter((name) => name !== '');
  const segmentNames = manifest.segments.map((s) => wrapWords(inLocale(s.label, locale), HEADER.characters));

  const headerHeight = HEADER.number + HEADER.line * Math.max(...segmentNames.map((lines) => lines.length));
  const rowsHeight = values.length * (CELL.height + CELL.gap) + (groups.length - 1) * GROUP.gap;
  const header = MARGIN + TITLE.height;
  const top = header + headerHeight;
  const legend = top + rowsHeight + LEGEND.gap;
  const height = legend + LEGEND.height + MARGIN;

  const labels = MARGIN + (groupNames.length > 0 ? widthOf(groupNames) + GROUP.bracket : 0);
  const left = labels + widthOf(manifest.features.map((f) => inLocale(f.label, locale))) + LABEL_GAP;
  const cellsWidth = manifest.segments.length * (CELL.width + CELL.gap) - CELL.gap;
  const titleWidth = Math.max((widthOf([title]) * TITLE.fontSize) / 14, widthOf([words.subtitle]));
  const width = svgNumber(Math.max(left + cellsWidth, MARGIN + titleWidth) + MARGIN);

  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="heatmap-title heatmap-desc" lang="${locale}">
<title id="heatmap-title">${escapeXml(title)}</title>
<desc id="heatmap-desc">${escapeXml(describe(manifest, values, locale))}</desc>
<style>
${STYLE}
</style>
<rect width="100%" height="100%" fill="#ffffff"/>
${svgText(MARGIN, MARGIN + 18, title, 'title')}
${svgText(MARGIN, MARGIN + 42, words.subtitle, 'muted')}
${manifest.segments.map(({ number }, s) => drawHeader(columnLeft(left, s), header, number, segmentNames[s] as string[])).join('\n')}
${drawGroups(groups, values, labels, left, top)}
${drawLegend(left, legend, cellsWidth, words)}
</svg>
`;
}

interface RowGroup {
  /** Empty: the features of no group. */
  readonly name: string;
  readonly rows: readonly { readonly label: string; readonly index: number }[];
}

/** The features by group, in the groups' order; those of no group come last. */
function rowGroups({ features, groups }: SegmentationManifest, locale: Locale): RowGroup[] {
  const rowsOf = (isIn: (feature: Feature) => boolean) =>
    features.flatMap((f, index) => (isIn(f) ? [{ label: inLocale(f.label, locale), index }] : []));
  const named = groups.map((g) => ({
    name: inLocale(g.label, locale),
    rows: rowsOf((f) => f.group === g.key),
  }));
  return [...named, { name: '', rows: rowsOf((f) => f.group === null) }].filter(
    ({ rows }) => rows.length > 0,
  );
}

function drawHeader(x: number, y: number, number: number, lines: readonly string[]): string {
  const centre = x + CELL.width / 2;
  return [
    svgText(centre, y + 14, String(number), 'number muted middle'),
    ...lines.map((line, i) => svgText(centre, y + HEADER.number + i * HEADER.line, line, 'strong middle')),
  ].join('\n');
}

function drawGroups(
  groups: readonly RowGroup[],
  values: readonly (readonly number[])[],
  labels: number,
  left: number,
  top: number,
): string {
  const drawn: string[] = [];
  let y = top;
  for (const { name, rows } of groups) {
    const height = rows.length * (CELL.height + CELL.gap) - CELL.gap;
    if (name !== '') drawn.push(drawBracket(labels, y, height, name));
    for (const { label, index } of rows) {
      drawn.push(drawRow(label, values[index] as readonly number[], left, y));
      y += CELL.height + CELL.gap;
    }
    y += GROUP.gap;
  }
  return drawn.join('\n');
}

function drawBracket(labels: number, y: number, height: number, name: string): string {
  const x = svgNumber(labels - GROUP.bracket / 2);
  return `${svgText(x - 10, y + height / 2 + 5, name, 'strong muted end')}
<rect x="${x}" y="${y}" width="3" height="${height}" rx="1.5" fill="#c9cfdb"/>`;
}

function drawRow(label: string, values: readonly number[], left: number, y: number): string {
  const baseline = y + CELL.height / 2 + 4.5;
  const cells = values.map((value, s) => {
    const x = columnLeft(left, s);
    const { fill, text } = colourOf(value);
    return `<rect x="${svgNumber(x)}" y="${y}" width="${CELL.width}" height="${CELL.height}" rx="3" fill="${fill}"/>
<text x="${svgNumber(x + CELL.width / 2)}" y="${baseline}" class="value middle" style="fill:${text}">${value.toFixed(2)}</text>`;
  });
  return [svgText(left - LABEL_GAP, baseline, label, 'end'), ...cells].join('\n');
}

function drawLegend(
  x: number,
  y: number,
  width: number,
  { nothing, largest }: { nothing: string; largest: string },
): string {
  const stops = Array.from({ length: LEGEND.stops }, (_, i) => {
    const offset = i / (LEGEND.stops - 1);
    return `<stop offset="${svgNumber(100 * offset)}%" stop-color="${colourOf(offset).fill}"/>`;
  });
  return `<linearGradient id="heatmap-scale">${stops.join('')}</linearGradient>
<rect x="${svgNumber(x)}" y="${y}" width="${width}" height="10" rx="3" fill="url(#heatmap-scale)"/>
${svgText(x, y + 30, `0 = ${nothing}`, 'value muted')}
${svgText(x + width / 2, y + 30, '0.5', 'value muted middle')}
${svgText(x + width, y + 30, `1 = ${largest}`, 'value muted end')}`;
}

function columnLeft(left: number, segment: number): number {
  return left + segment * (CELL.width + CELL.gap);
}

/** What the picture says, for those who cannot see it: every segment's three heaviest interests. */
function describe(
  { segments, features }: SegmentationManifest,
  values: readonly (readonly number[])[],
  locale: Locale,
): string {
  const sentences = segments.map((segment, s) => {
    const heaviest = features
      .map((feature, i) => ({ label: inLocale(feature.label, locale), value: values[i]?.[s] as number }))
      .sort((a, b) => b.value - a.value)
      .slice(0, 3)
      .map(({ label, value }) => `${label} ${value.toFixed(2)}`);
    return `${segment.number} ${inLocale(segment.label, locale)}: ${heaviest.join(', ')}.`;
  });
  return sentences.join(' ');
}
