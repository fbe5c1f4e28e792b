import { groupName, type ReportContent, type ReportedSegment } from './report';

type Cell = string | number | null;
/** A measure of one thing: section, segment number and label (of all: empty), item, measure, value. */
type Line = readonly [
  section: string,
  number: number | null,
  label: string,
  item: string,
  measure: string,
  value: Cell,
];

const HEADER = ['section', 'segment_number', 'segment_label', 'item', 'measure', 'value'];

/**
 * A report as tidy CSV (RFC 4180): one value a line. Texts that a spreadsheet would take for a formula begin with an
 * apostrophe; numbers are in full.
 */
export function reportCsv(content: ReportContent): string {
  const lines: readonly Line[] = [
    ...facts(content),
    ...sizes(content),
    ...topFeatures(content),
    ...featureMeans(content),
    ...columnMeans(content),
    ...crossTable(content),
    ...candidates(content),
  ];
  return [HEADER, ...lines].map((line) => `${line.map(cellOf).join(',')}\r\n`).join('');
}

function facts({ title, createdAt, dataset, model }: ReportContent): Line[] {
  const all: [string, Cell][] = [
    ['title', title],
    ['created at', createdAt],
    ['data set', dataset.name],
    ['data set SHA-256', dataset.sha256],
    ['rows', dataset.rows],
    ['model', model.name],
    ['model version', model.version],
    ['algorithm', model.algorithm],
    ['seed', model.seed],
    ['reconstruction error', model.metrics.reconstructionError],
    ['recommended segments', model.metrics.recommendedSegments],
  ];
  return all
    .filter(([, value]) => value !== null)
    .map(([measure, value]) => ['report', null, '', '', measure, value]);
}

function sizes({ segments, lobby }: ReportContent): Line[] {
  return [
    ...segments.flatMap((segment) => [
      line('sizes', segment, '', 'rows', segment.size),
      line('sizes', segment, '', 'share', segment.share),
    ]),
    ['sizes', null, 'without interest', '', 'rows', lobby.size],
    ['sizes', null, 'without interest', '', 'share', lobby.share],
  ];
}

function topFeatures({ segments }: ReportContent): Line[] {
  return segments.flatMap((segment) =>
    segment.topFeatures.flatMap(({ label, weight, lift, heat }) => [
      line('top features', segment, label, 'weight', weight),
      line('top features', segment, label, 'lift', lift),
      line('top features', segment, label, 'heat', heat),
    ]),
  );
}

function featureMeans({ features, featureMeans, segments, heatmap }: ReportContent): Line[] {
  return features.flatMap(({ label, isChoice }, f) => {
    const measure = isChoice ? 'share of rows' : 'mean as encoded';
    return [
      ...segments.flatMap((segment, s) => [
        line('features', segment, label, measure, segment.means[f] ?? null),
        line('features', segment, label, 'heat', heatmap[f]?.[s] ?? null),
      ]),
      ['features', null, 'all rows', label, measure, featureMeans[f] ?? null] as const,
    ];
  });
}

function columnMeans({ columns, segments }: ReportContent): Line[] {
  return columns.flatMap(({ name, mean, segmentMeans }) => [
    ...segments.map((segment, s) => line('columns', segment, name, 'mean', segmentMeans[s] ?? null)),
    ['columns', null, 'all rows', name, 'mean', mean] as const,
  ]);
}

function crossTable({ crossTable, segments }: ReportContent): Line[] {
  if (crossTable === null) return [];
  const section = `by ${crossTable.column}`;
  const rows = crossTable.values.flatMap((row): Line[] => [
    ...segments.flatMap((segment, s) => [
      line(section, segment, groupName(row), 'rows', row.counts[s] as number),
      line(section, segment, groupName(row), 'share of the value', row.shares[s] as number),
    ]),
    [section, null, 'without interest', groupName(row), 'rows', row.lobby],
    [section, null, 'all rows', groupName(row), 'rows', row.size],
  ]);
  if (crossTable.association === null) return rows;
  const { chiSquare, degreesOfFreedom, cramersV } = crossTable.association;
  return [
    ...rows,
    [section, null, '', '', 'chi-square', chiSquare],
    [section, null, '', '', 'degrees of freedom', degreesOfFreedom],
    [section, null, '', '', "Cramér's V", cramersV],
  ];
}

function candidates({ model }: ReportContent): Line[] {
  return model.metrics.candidates.flatMap(
    ({ segments, reconstructionError, heldOutError, copheneticCorrelation }): Line[] => [
      ['choice of k', null, '', `${segments} segments`, 'reconstruction error', reconstructionError],
      ['choice of k', null, '', `${segments} segments`, 'held-out error', heldOutError],
      ['choice of k', null, '', `${segments} segments`, 'cophenetic correlation', copheneticCorrelation],
    ],
  );
}

function line(
  section: string,
  { number, label }: ReportedSegment,
  item: string,
  measure: string,
  value: Cell,
): Line {
  return [section, number, label, item, measure, value];
}

function cellOf(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = isFormula(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Whether a spreadsheet might compute the text: it begins with = + - @ or their full-width forms, blanks aside, and is
 * no plain number; or with what makes some programs start a cell anew.
 * Source: https://owasp.org/www-community/attacks/CSV_Injection
 */
function isFormula(text: string): boolean {
  if (/^-?\d+(\.\d+)?$/.test(text)) return false;
  return /^\s*[=+\-@＝＋－＠]/u.test(text) || /^[\t\r\n]/.test(text);
}
