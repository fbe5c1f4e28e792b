import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { defaultModelFile, defaultModelFolder } from '../../src/models/default-model';
import type { Feature } from '../../src/onnx/manifest';
import { manifestOf } from '../../src/onnx/segmentation-model';
import { describeSegments } from '../../src/segmentation/describe-segments';
import { labelSegments } from '../../src/segmentation/label-segments';
import { listWords } from '../../src/segmentation/list-words';
import { LEAST_COSINE, matchSegments } from '../../src/segmentation/match-segments';

const champion = manifestOf(readFileSync(defaultModelFile), join(defaultModelFolder, 'nomads.onnx'));
const weight = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 9, noNaN: true }));
const components = (columns: number) =>
  fc.array(fc.array(weight, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 6 });
const features = (...labels: (string | [en: string, es: string])[]): Feature[] =>
  labels.map((label, i) => {
    const [en, es] = typeof label === 'string' ? [label, undefined] : label;
    return { key: `f${i}`, label: es === undefined ? { en } : { en, es }, group: null };
  });

describe('matching', () => {
  const profiles = (keys: string, rows: number[][], algorithm: 'NMF' | 'KMEANS' = 'NMF') => ({
    algorithm,
    features: [...keys],
    components: rows,
  });

  it('pairs every segment with itself, in whatever order and scale', () => {
    const trained = [3, 1, 0, 2].map((s) => champion.components[s]?.map((v) => v * (s + 1)) as number[]);
    const keys = champion.features.map(({ key }) => key);
    const matches = matchSegments(
      { algorithm: 'NMF', features: keys, components: trained },
      { algorithm: 'NMF', features: keys, components: champion.components },
    );
    expect(matches.map(({ matched }) => matched)).toEqual([3, 1, 0, 2]);
    for (const { cosine } of matches) expect(cosine).toBeCloseTo(1, 12);
  });

  it('compares features by key', () => {
    const matches = matchSegments(
      profiles('cab', [
        [0, 2, 0],
        [3, 0, 1],
      ]),
      profiles('abz', [
        [0, 1, 0],
        [5, 0, 0],
      ]),
    );
    expect(matches).toEqual([
      { matched: 1, cosine: 1 },
      { matched: null, cosine: expect.closeTo(1 / Math.sqrt(10), 12) },
    ]);
  });

  it('takes what two centroids have in common for nothing', () => {
    const earlier = [
      [5, 5, 1, 0, 0],
      [5, 5, 0, 1, 0],
    ];
    const trained = [
      [5, 5, 0, 0, 1],
      [5, 5, 1, 0, 0],
    ];
    const matched = (algorithm: 'NMF' | 'KMEANS') =>
      matchSegments(profiles('abcde', trained, algorithm), profiles('abcde', earlier, algorithm)).map(
        (m) => m.matched,
      );
    expect(matched('NMF')).toEqual([1, 0]);
    expect(matched('KMEANS')).toEqual([null, 0]);
  });

  it('never uses a segment twice, nor one that is too unlike', () => {
    fc.assert(
      fc.property(components(5), components(5), (trained, earlier) => {
        const matches = matchSegments(profiles('abcde', trained), profiles('abcde', earlier));
        const used = matches.flatMap(({ matched }) => (matched === null ? [] : [matched]));
        expect(new Set(used).size).toBe(used.length);
        for (const { matched, cosine } of matches)
          if (matched !== null) expect(cosine).toBeGreaterThanOrEqual(LEAST_COSINE);
      }),
    );
  });
});

describe('labels', () => {
  it('name what sets segments apart, in both languages', () => {
    const vocabulary = features(
      ['Surfing', 'Surf'],
      ['Running', 'Correr'],
      ['Climbing', 'Escalada'],
      ['Chinese food', 'Comida china'],
      ['Ice skating', 'Hielo'],
      ['Coffee', 'Café'],
    );
    const [first, second] = labelSegments(
      vocabulary,
      [
        [3, 2.5, 2, 0, 0, 3],
        [0, 0, 0, 3, 2, 3],
      ],
      [0, 1],
    );
    expect(first).toEqual({
      label: { en: 'Surfing, running and climbing', es: 'Surf, correr y escalada' },
      description: {
        en: 'Above all surfing, running and climbing; also coffee.',
        es: 'Sobre todo surf, correr y escalada; también café.',
      },
    });
    expect(second?.label).toEqual({
      en: 'Chinese food, ice skating and coffee',
      es: 'Comida china, hielo y café',
    });
  });

  it('speak English alone where a feature has no Spanish name', () => {
    expect(labelSegments(features('Milk', ['Fresh', 'Fresco']), [[2, 1]], [0])[0]?.label).toEqual({
      en: 'Milk and fresh',
    });
  });

  it('are different, and none that was given', () => {
    const vocabulary = features('A a', 'B b', 'C c', 'D d');
    fc.assert(
      fc.property(components(4), (rows) => {
        const given = ['A a', 'B b and C c', 'Other'];
        const labels = labelSegments(vocabulary, rows, [...rows.keys()], given).map(({ label }) => label.en);
        const all = [...labels, ...given].map((label) => label.toLowerCase());
        expect(new Set(all).size).toBe(all.length);
        expect(labels.every((label) => label.length > 0)).toBe(true);
      }),
    );
  });

  it('are numbered where segments are the same', () => {
    const labels = labelSegments(
      features('Milk', 'Eggs'),
      [
        [1, 0],
        [2, 0],
        [0, 0],
      ],
      [0, 1, 2],
    );
    expect(labels.map(({ label }) => label.en)).toEqual(['Milk', 'Milk 2', 'Other']);
    expect(labels[2]?.description.en).toBe('Other.');
  });
});

describe('lists', () => {
  it.each<[string[], 'en' | 'es', string]>([
    [['Surf'], 'es', 'surf'],
    [['Agujas', 'Hilo'], 'es', 'agujas e hilo'],
    [['Agua', 'Hielo'], 'es', 'agua y hielo'],
    [['Francés', 'Inglés'], 'es', 'francés e inglés'],
    [['Ir', 'Índice'], 'es', 'ir e índice'],
    [['Surf', 'Yoga'], 'es', 'surf y yoga'],
    [['Coffee', 'Italian food'], 'en', 'coffee and Italian food'],
    [['TV', 'iPads', 'DVD players'], 'en', 'TV, iPads and DVD players'],
    [[], 'en', ''],
  ])('%j in %s', (words, locale, list) => {
    expect(listWords(words, locale)).toBe(list);
  });
});

describe('described segments', () => {
  it('continue the champion’s: number, key and words', () => {
    const described = describeSegments(
      { ...champion, components: champion.components.toReversed() },
      champion,
    );
    expect(described.map(({ number }) => number)).toEqual([4, 3, 2, 1]);
    expect(described[1]).toEqual({ ...champion.segments[2], matched: 2, cosine: expect.closeTo(1, 12) });
  });

  it('are new where they continue none, with the lowest free numbers and keys never used', () => {
    const [first, second, ...rest] = champion.components as number[][];
    const only = (key: string) => champion.features.map((feature) => Number(feature.key === key));
    const trained = {
      ...champion,
      components: [only('football'), second, first, only('sushi')] as number[][],
    };
    const described = describeSegments(trained, champion, ['football', 'football-2']);
    expect(rest).toHaveLength(2);
    expect(described.map(({ number, key, matched }) => [number, key, matched])).toEqual([
      [3, 'football-3', null],
      [2, 'countryside', 1],
      [1, 'dinner-and-a-movie', 0],
      [4, 'sushi', null],
    ]);
    expect(described[0]?.label).toEqual({ en: 'Football', es: 'Fútbol' });
  });

  it('are numbered from 1 without a champion', () => {
    const described = describeSegments(champion, null);
    expect(described.map(({ number, matched, cosine }) => [number, matched, cosine])).toEqual(
      [1, 2, 3, 4].map((number) => [number, null, 0]),
    );
    expect(new Set(described.map(({ key }) => key)).size).toBe(4);
  });

  it('have numbers and keys once each, whatever was trained', () => {
    const vocabulary = features('A', 'B', 'C', 'D');
    fc.assert(
      fc.property(components(4), components(4), (before, now) => {
        const earlier = describeSegments(
          { algorithm: 'NMF', features: vocabulary, components: before },
          null,
        );
        const segments = earlier.map(({ matched: _, cosine: __, ...segment }) => segment);
        const manifest = { algorithm: 'NMF' as const, features: vocabulary, components: before, segments };
        const described = describeSegments({ ...manifest, components: now }, manifest, ['a']);
        expect(new Set(described.map(({ key }) => key)).size).toBe(now.length);
        expect(new Set(described.map(({ number }) => number)).size).toBe(now.length);
        const fresh = described.filter(({ matched }) => matched === null);
        expect(
          fresh.every(({ key }) => key !== 'a' && segments.every((segment) => segment.key !== key)),
        ).toBe(true);
      }),
    );
  });
});
