import type { ReportContent } from '../report';
import { choiceChart } from './choice-chart';
import { aligned } from './report-numbers';
import { type Section, scrolling } from './section';

/** Null: no other numbers of segments were tried. */
export function choiceSection({ model, segments }: ReportContent): Section | null {
  const { candidates, recommendedSegments } = model.metrics;
  if (candidates.length < 2) return null;
  const used = segments.length;
  const chart = choiceChart(candidates, { used, recommended: recommendedSegments });
  const error = column(candidates.map((c) => c.reconstructionError));
  const heldOut = column(candidates.map((c) => c.heldOutError));
  const stability = column(candidates.map((c) => c.copheneticCorrelation));
  const lines = candidates.map(({ segments: k }, i) => {
    const remarks = [
      ...(k === recommendedSegments ? ['recommended'] : []),
      ...(k === used ? ['used here'] : []),
    ];
    return `<tr><th scope="row">${k} <small>${remarks.join(', ')}</small></th>${error[i]}${heldOut[i]}${stability[i]}</tr>`;
  });
  const table = `<table class="choice"><caption class="hidden">Error and stability by number of segments</caption>
<thead><tr><th scope="col">Segments</th><th scope="col" class="number">Error</th><th scope="col" class="number">Held out</th><th scope="col" class="number">Stability</th></tr></thead>
<tbody>${lines.join('\n')}</tbody></table>`;
  return {
    id: 'choice',
    title: 'How many segments',
    reading:
      'Every number was tried. The <em>error</em> is what the segments leave unexplained: it falls with each one more, needed or not. So some cells of the table were <em>held out</em>: where that error is least, the segments foretell best what they have not seen, and further ones only learn accidents. <em>Stability</em> (cophenetic correlation) is near 1 where training anew brings the same rows together; it decides where the held-out errors are about equal.',
    body: `<div class="card">${scrolling('Choice of the number of segments', chart)}
${scrolling('Error and stability by number of segments', table)}</div>`,
  };
}

function column(values: readonly (number | null)[]): string[] {
  const format = aligned(Math.max(0, ...values.map((value) => value ?? 0)), 4);
  return values.map((value) => `<td class="number">${value === null ? '–' : format(value)}</td>`);
}
