import { escapeXml } from '../../models/heatmap/svg-text';
import type { ReportContent } from '../report';
import { amount, count } from './report-numbers';
import type { Section } from './section';

const ALGORITHMS = {
  NMF: 'Non-negative matrix factorization: every row is explained as a sum of segments, each with a weight that is never negative, so that what remains unexplained is least. The row belongs to the segment of largest weight.',
  KMEANS:
    'K-means: every segment is the average of its rows, and every row belongs to the segment whose average is nearest.',
} as const;

export function methodSection({ dataset, model, createdAt, segments }: ReportContent): Section {
  const { reconstructionError, iterations } = model.metrics;
  const facts: [string, string | null][] = [
    ['Data set', `${dataset.name}, SHA-256 ${dataset.sha256}`],
    [
      'Model',
      `${model.name}${model.version === null ? ', trained for this report' : `, version ${model.version}`}`,
    ],
    [
      'Trained on',
      model.isTrainedOnDataset ? 'this data set' : 'other data; applied to this data set as it is',
    ],
    ['Segments', String(segments.length)],
    ['Error in training', reconstructionError === null ? null : amount(reconstructionError)],
    ['Sweeps', iterations === null ? null : count(iterations)],
    ['Seed', model.seed === null ? null : String(model.seed)],
    ['Made', createdAt],
  ];
  const lines = facts.flatMap(([name, value]) =>
    value === null ? [] : [`<div><dt>${name}</dt><dd>${escapeXml(value)}</dd></div>`],
  );
  return {
    id: 'method',
    title: 'How it was made',
    reading: ALGORITHMS[model.algorithm],
    body: `<dl class="card method">${lines.join('\n')}</dl>`,
  };
}
