import { escapeXml } from '../../models/heatmap/svg-text';
import type { ReportContent, ReportedSegment } from '../report';
import { strengthOf } from './cross-table-section';
import { amount, percent, rows } from './report-numbers';

/** Differences smaller than these are not worth a sentence. */
const LEAST_POINTS = 0.1;
const LEAST_RATIO = 1.2;

/** What the report says above all, as sentences of HTML. */
export function summary(content: ReportContent): string[] {
  return [
    sizes(content),
    choice(content),
    column(content),
    group(content),
    segmentCount(content),
    lobby(content),
  ].filter((sentence) => sentence !== null);
}

function sizes({ segments, dataset }: ReportContent): string | null {
  const [largest] = [...segments].sort((a, b) => b.size - a.size);
  if (largest === undefined || dataset.rows === 0) return null;
  return `The largest segment is ${name(largest)}: ${rows(largest.size)}, ${percent(largest.share)} of all.`;
}

/** Where a segment differs most from all rows in what it has. */
function choice({ features, featureMeans, segments }: ReportContent): string | null {
  const [most] = features
    .flatMap(({ label, isChoice }, f) => {
      const all = featureMeans[f] as number;
      return segments.map((segment) => ({ label, isChoice, segment, all, mean: segment.means[f] ?? 0 }));
    })
    .filter(({ isChoice, mean, all }) => isChoice && mean - all >= LEAST_POINTS)
    .sort((a, b) => b.mean - b.all - (a.mean - a.all));
  if (most === undefined) return null;
  return `What sets a segment apart most: ${percent(most.mean)} of segment ${name(most.segment)} have <em>${escapeXml(most.label)}</em>, against ${percent(most.all)} of all rows.`;
}

/** The same for numbers. */
function column({ columns, segments }: ReportContent): string | null {
  const [most] = columns
    .flatMap(({ name: column, mean: all, segmentMeans }) =>
      segments.map((segment, s) => ({ column, segment, all: all ?? 0, mean: segmentMeans[s] ?? 0 })),
    )
    .filter(({ mean, all }) => all > 0 && mean / all >= LEAST_RATIO)
    .sort((a, b) => b.mean / b.all - a.mean / a.all);
  if (most === undefined) return null;
  return `The largest difference in numbers: <em>${escapeXml(most.column)}</em> is ${amount(most.mean)} on average in segment ${name(most.segment)}, ${(most.mean / most.all).toFixed(1)} times the ${amount(most.all)} of all rows.`;
}

function group({ crossTable }: ReportContent): string | null {
  if (crossTable === null || crossTable.association === null) return null;
  return `<em>${escapeXml(crossTable.column)}</em> has ${strengthOf(crossTable.association)} to do with the segments.`;
}

function segmentCount({ model, segments }: ReportContent): string | null {
  const { recommendedSegments, candidates } = model.metrics;
  if (recommendedSegments === null || candidates.length < 2) return null;
  const tried = candidates.map((c) => c.segments);
  const shown =
    recommendedSegments === segments.length
      ? 'that is what is shown here'
      : `this report shows ${segments.length}`;
  return `Of ${Math.min(...tried)} to ${Math.max(...tried)} segments tried, ${recommendedSegments} are recommended; ${shown}.`;
}

function lobby({ lobby: { size, share } }: ReportContent): string | null {
  if (size === 0) return null;
  return `${rows(size)} (${percent(share)}) ${size === 1 ? 'has' : 'have'} no interest at all, so no segment is theirs.`;
}

function name({ number, label }: ReportedSegment): string {
  return `<strong>${number} · ${escapeXml(label)}</strong>`;
}
