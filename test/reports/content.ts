import type { ReportContent } from '../../src/reports/report';
import { HASH } from './planted';

/** A report of two segments over two features and a column, all texts as given. */
export function contentNamed(name: (what: string) => string): ReportContent {
  const feature = (key: string, group: string | null, isChoice: boolean) => ({
    key,
    label: name(key),
    group: group === null ? null : name(group),
    column: isChoice ? null : name('column'),
    isChoice,
  });
  const segment = (number: number, size: number, means: number[], weights: number[]) => ({
    number,
    key: `s${number}`,
    label: name(`segment ${number}`),
    description: name(`description ${number}`),
    size,
    share: size / 10,
    topFeatures: weights.map((weight, i) => ({
      key: `f${i}`,
      label: name(`f${i}`),
      weight,
      lift: 1.5,
      heat: weight,
    })),
    means,
  });
  return {
    title: name('title'),
    createdAt: '2026-02-03T04:05:06.000Z',
    dataset: { name: name('data set'), sha256: HASH, rows: 10 },
    model: {
      name: name('model'),
      version: 3,
      algorithm: 'NMF',
      isTrainedOnDataset: true,
      seed: 42,
      metrics: {
        reconstructionError: 1.25,
        iterations: 12,
        candidates: [
          { segments: 2, reconstructionError: 1.25, copheneticCorrelation: 1, heldOutError: 0.3 },
          { segments: 3, reconstructionError: 1, copheneticCorrelation: 0.9, heldOutError: 0.2 },
          { segments: 4, reconstructionError: 0.5, copheneticCorrelation: null, heldOutError: null },
        ],
        recommendedSegments: 3,
      },
    },
    features: [feature('f0', 'group', true), feature('f1', null, false)],
    featureMeans: [0.5, 0.25],
    segments: [segment(1, 6, [0.75, 0.1], [1, 0.5]), segment(2, 3, [0.1, 0.5], [0.25])],
    lobby: { size: 1, share: 0.1 },
    heatmap: [
      [1, 0.25],
      [0.5, 0],
    ],
    columns: [{ name: name('column'), mean: 25, segmentMeans: [10, null] }],
    crossTable: {
      column: name('branch'),
      type: 'TEXT',
      values: [
        { value: name('value'), kind: 'VALUE', size: 6, counts: [5, 0], shares: [5 / 6, 0], lobby: 1 },
        { value: null, kind: 'MISSING', size: 4, counts: [1, 3], shares: [0.25, 0.75], lobby: 0 },
      ],
      association: { chiSquare: 5.625, degreesOfFreedom: 1, cramersV: 0.79 },
    },
  };
}
