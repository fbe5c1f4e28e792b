import { choiceChart } from './choice-chart';
import type { ReportContent } from './report';
import { aligned } from './report-numbers';
import { type Section, scrolling } from './section';

/** Null: no other numbers of segments were tried. */
export function choiceSection({ model, segments }: ReportContent): Section | null {
  const { candidates, recommendedSegments } = model.metrics;
  if (candidates.length < 2) return null;
  const used = segments.length;
  const chart = choiceChart(candidates, { used, recommended: recommendedSegments });
  const error = aligned(Math.max(...candidates.map((c) => c.reconstructionError)), 4);
  const lines = candidates.map(({ segments: k, reconstructionError, copheneticCorrelation }) => {
    const remarks = [
      ...(k === recommendedSegments ? ['recommended'] : []),
      ...(k === used ? ['used here'] : []),
    ];
    return `<tr><th scope="row">${k}</th><td class="number">${error(reconstructionError)}</td><td class="number">${copheneticCorrelation === null ? '–' : copheneticCorrelation.toFixed(3)}</td><td>${remarks.join(', ')}</td></tr>`;
  });
  return {
    id: 'choice',
    title: 'How many segments',
    reading:
      'More segments always lose less (the upper line falls), but they may be accidents. So every number was trained several times over: the lower line is near 1 where the same rows came together each time. Good is a number that is stable still, just before the lower line drops.',
    body: `<div class="card">${scrolling('Choice of the number of segments', chart)}
<table class="choice"><caption class="hidden">Error and stability by number of segments</caption>
<thead><tr><th scope="col">Segments</th><th scope="col" class="number">Error</th><th scope="col" class="number">Stability</th><td></td></tr></thead>
<tbody>${lines.join('\n')}</tbody></table></div>`,
  };
}
