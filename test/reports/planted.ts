import type { ColumnType, DatasetColumn, DeclaredEncoding } from '../../src/datasets/table/column';
import type { SegmentationManifest } from '../../src/onnx/manifest';

export const HASH = 'a'.repeat(64);

export function column(name: string, type: ColumnType, kind: DeclaredEncoding['kind']): DatasetColumn {
  const suggestedEncoding = { column: name, kind };
  return { name, type, distinct: 2, missing: 0, min: null, max: null, topValues: [], suggestedEncoding };
}

/** Two segments: those who like A, and those who like B and spend. */
export function plantedManifest(): SegmentationManifest {
  return {
    name: 'planted',
    task: 'SEGMENTATION',
    algorithm: 'NMF',
    createdAt: '2026-01-01T00:00:00.000Z',
    features: [
      { key: 'a', label: { en: 'Likes A', es: 'A' }, group: 'likes' },
      { key: 'b', label: { en: 'Likes B' }, group: 'likes' },
      { key: 'spent', label: { en: 'Spent' }, group: null },
    ],
    groups: [{ key: 'likes', label: { en: 'Likes' } }],
    segments: [
      { number: 1, key: 'first', label: { en: 'First' }, description: { en: 'Those who like A.' } },
      { number: 2, key: 'second', label: { en: 'Second' }, description: { en: 'Those who like B.' } },
    ],
    components: [
      [1, 0, 0],
      [0, 0.8, 0.6],
    ],
    encoding: [
      { kind: 'MULTI_CHOICE', column: 'likes', separator: ',', choices: { A: 'a', B: 'b' } },
      { kind: 'NUMBER', column: 'spent', feature: 'spent', scale: 'MAX', divisor: 100 },
    ],
    metrics: {
      reconstructionError: 1.5,
      iterations: 12,
      candidates: [
        { segments: 3, reconstructionError: 1, copheneticCorrelation: 0.8 },
        { segments: 2, reconstructionError: 1.5, copheneticCorrelation: 1 },
      ],
      recommendedSegments: 2,
    },
    datasetHash: HASH,
  };
}
