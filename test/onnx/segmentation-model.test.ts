import { readFileSync } from 'node:fs';
import { defaultModelFile } from '../../src/models/shipped/default-model';
import { encodeModel } from '../../src/onnx/encode-model';
import { inLocale, parseManifest, type SegmentationManifest } from '../../src/onnx/manifest';
import { nnlsGraph } from '../../src/onnx/nnls-graph';
import { readMetadata } from '../../src/onnx/read-metadata';
import { encodeSegmentationModel, manifestOf } from '../../src/onnx/segmentation-model';
import { scorePlainly } from './plain-onnx';

const retail: SegmentationManifest = {
  name: 'wholesale',
  task: 'SEGMENTATION',
  algorithm: 'NMF',
  createdAt: '2026-11-20T10:00:00.000Z',
  features: [
    { key: 'fresh', label: { en: 'Fresh' }, group: null },
    { key: 'milk', label: { en: 'Milk', es: 'Leche' }, group: 'dairy' },
  ],
  groups: [{ key: 'dairy', label: { en: 'Dairy' } }],
  segments: [
    { number: 3, key: 'greengrocers', label: { en: 'Greengrocers' }, description: { en: 'Fresh goods.' } },
    { number: 1, key: 'cafés', label: { en: 'Cafés' }, description: { en: 'Milk, much of it.' } },
  ],
  components: [
    [1, 0.25],
    [0, 1],
  ],
  encoding: [
    { kind: 'NUMBER', column: 'Fresh', feature: 'fresh', scale: 'MAX', divisor: 112151 },
    { kind: 'NUMBER', column: 'Milk', feature: 'milk', scale: 'LOG', divisor: 11.2 },
    { kind: 'IGNORE', column: 'Region' },
  ],
  metrics: { reconstructionError: 2.3366, candidates: [{ segments: 2 }] },
  datasetHash: 'a'.repeat(64),
};

describe('the model file', () => {
  it('carries its manifest', () => {
    expect(manifestOf(encodeSegmentationModel(retail), 'retail.onnx')).toEqual(retail);
  });

  it('is the same for the same manifest', () => {
    expect(encodeSegmentationModel(retail)).toEqual(encodeSegmentationModel(structuredClone(retail)));
  });

  it('has the graph of its algorithm', async () => {
    const row = [0.9, 0.3];
    const { affinities: weights } = await scorePlainly(encodeSegmentationModel(retail), [row]);
    const kMeans = encodeSegmentationModel({ ...retail, algorithm: 'KMEANS' });
    const { affinities: memberships, segments } = await scorePlainly(kMeans, [row]);
    expect(weights[0]?.[0]).toBeCloseTo(0.9, 5);
    expect(memberships[0]?.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    expect(segments).toEqual([0]);
    expect(manifestOf(kMeans, 'retail.onnx').algorithm).toBe('KMEANS');
  });

  it('keeps any metadata, whatever its keys and letters', () => {
    const metadata = { ['__proto__']: 'a', empty: '', ' ': 'Pádel 🎾 "&"' };
    const file = encodeModel({ graph: nnlsGraph([[1]]), metadata });
    expect([...readMetadata(file)]).toEqual(Object.entries(metadata));
  });

  it('is refused without a manifest, by name', () => {
    const file = encodeModel({ graph: nnlsGraph([[1]]), metadata: {} });
    expect(() => manifestOf(file, 'bare.onnx')).toThrow('bare.onnx carries no manifest');
  });

  it('is refused when it is cut short', () => {
    const file = readFileSync(defaultModelFile);
    expect(() => readMetadata(file.subarray(0, file.length - 10))).toThrow();
  });
});

describe('a manifest', () => {
  const refusal = (change: Partial<Record<keyof SegmentationManifest, unknown>>) => {
    try {
      parseManifest(JSON.stringify({ ...retail, ...change }), 'retail.json');
    } catch (error) {
      return (error as Error).message;
    }
    return 'accepted';
  };

  it('is accepted as it was written', () => {
    expect(parseManifest(JSON.stringify(retail), 'retail.json')).toEqual(retail);
  });

  it('is refused when it is no JSON', () => {
    expect(() => parseManifest('{', 'retail.json')).toThrow('The manifest of retail.json is not JSON');
  });

  it.each<[string, Partial<Record<keyof SegmentationManifest, unknown>>]>([
    ['1 components for 2 segments', { components: [[1, 0]] }],
    ['1 weights for 2 features', { components: [[1, 0], [1]] }],
    ['two features have the same key', { features: [retail.features[0], retail.features[0]] }],
    ['two segments have the same number', { segments: retail.segments.map((s) => ({ ...s, number: 1 })) }],
    ['two segments have the same key', { segments: retail.segments.map((s) => ({ ...s, key: 'x' })) }],
    ['two groups have the same key', { groups: [...retail.groups, ...retail.groups] }],
    ['there is no group "dairy"', { groups: [] }],
    ['there is no feature "eggs"', { encoding: [{ kind: 'BOOLEAN', column: 'eggs', feature: 'eggs' }] }],
    [
      'there is no feature "eggs"',
      { encoding: [{ kind: 'CATEGORY', column: 'x', choices: { Eggs: 'eggs' } }] },
    ],
    ['datasetHash', { datasetHash: 'abc' }],
    [
      'components[0][1]',
      {
        components: [
          [1, -1],
          [0, 1],
        ],
      },
    ],
    ['createdAt', { createdAt: 'yesterday' }],
    ['"colour"', { ['colour' as keyof SegmentationManifest]: 1 }],
  ])('is refused saying %s', (message, change) => {
    expect(refusal(change)).toContain(message);
  });

  it('speaks English where it has no Spanish', () => {
    expect(inLocale({ en: 'Fresh' }, 'es')).toBe('Fresh');
    expect(inLocale({ en: 'Milk', es: 'Leche' }, 'es')).toBe('Leche');
    expect(inLocale({ en: 'Milk', es: 'Leche' }, 'en')).toBe('Milk');
  });
});
