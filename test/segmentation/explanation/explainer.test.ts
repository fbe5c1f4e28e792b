import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { defaultModelFolder } from '../../../src/models/shipped/default-model';
import { Explainer } from '../../../src/segmentation/explanation/explainer';
import { scorePlainly } from '../../onnx/plain-onnx';

const { features, components } = JSON.parse(
  readFileSync(join(defaultModelFolder, 'published-components.json'), 'utf8'),
) as { features: string[]; components: number[][] };
const explainer = new Explainer(components);
const name = (feature: number) => features[feature];

describe('shares', () => {
  it('divide the affinities by their sum', () => {
    expect(explainer.shares(Float32Array.of(1, 0, 3, 4))).toEqual([
      { segment: 0, weight: 1, share: 0.125 },
      { segment: 1, weight: 0, share: 0 },
      { segment: 2, weight: 3, share: 0.375 },
      { segment: 3, weight: 4, share: 0.5 },
    ]);
  });

  it('are zero where there is no affinity', () => {
    expect(explainer.shares(new Float32Array(4)).map(({ share }) => share)).toEqual([0, 0, 0, 0]);
  });
});

describe('margin', () => {
  it.each([
    [[1, 0, 3.5, 2], 1.5],
    [[2, 2, 1, 0], 0],
    [[0, 0, 0, 0], 0],
    [[0, 0, 0.5, 0], 0.5],
  ])('of %j is %d', (affinities, margin) => {
    expect(explainer.margin(Float32Array.from(affinities))).toBe(margin);
  });
});

describe('reasons', () => {
  it('add up, with what spoke against, to the affinity', async () => {
    const shipped = readFileSync(join(defaultModelFolder, 'nomads.onnx'));
    const bits = fc.array(fc.constantFrom(0, 1), { minLength: 26, maxLength: 26 });
    await fc.assert(
      fc.asyncProperty(bits, async (row) => {
        const { affinities, segments } = await scorePlainly(shipped, [row]);
        const weights = Float32Array.from(affinities[0] as number[]);
        const segment = segments[0] as number;
        const reasons = explainer.reasons(Float32Array.from(row), weights, segment);
        // Alone, every feature that was no reason takes affinity away: with reasons only there is more of it.
        const sum = reasons.reduce((total, { contribution }) => total + contribution, 0);
        if (segment >= 0) expect(sum).toBeGreaterThanOrEqual((weights[segment] as number) - 1e-5);
        expect(reasons.every(({ feature, contribution }) => row[feature] === 1 && contribution > 0)).toBe(
          true,
        );
        const contributions = reasons.map(({ contribution }) => contribution);
        expect(contributions).toEqual(contributions.toSorted((a, b) => b - a));
      }),
      { numRuns: 50 },
    );
  });

  it('are the affinity itself where the segments share nothing', () => {
    const apart = new Explainer([
      [2, 1, 0],
      [0, 0, 1],
    ]);
    // w₀ = (2·1 + 1·1) / (2² + 1²)
    const reasons = apart.reasons(Float32Array.of(1, 1, 1), Float32Array.of(0.6, 1), 0);
    expect(reasons.map(({ feature }) => feature)).toEqual([0, 1]);
    expect(reasons[0]?.contribution).toBeCloseTo(0.4, 6);
    expect(reasons[1]?.contribution).toBeCloseTo(0.2, 6);
  });

  it('count for less what another segment claims too', () => {
    const sharing = new Explainer([
      [1, 1, 0],
      [0, 1, 1],
    ]);
    // x = (2, 2, 1): w = (5/3, 2/3); w₀ = (2x₀ + x₁ − x₂)/3
    const reasons = sharing.reasons(Float32Array.of(2, 2, 1), Float32Array.of(5 / 3, 2 / 3), 0);
    expect(reasons.map(({ feature }) => feature)).toEqual([0, 1]);
    expect(reasons[0]?.contribution).toBeCloseTo(4 / 3, 6);
    expect(reasons[1]?.contribution).toBeCloseTo(2 / 3, 6);
  });

  it('stand in the vocabulary’s order when they weigh the same', () => {
    const flat = new Explainer([[1, 1, 1, 1]]);
    const reasons = flat.reasons(Float32Array.of(1, 0, 1, 1), Float32Array.of(0.75), 0);
    expect(reasons.map(({ feature }) => feature)).toEqual([0, 2, 3]);
  });

  it('do not exist without a segment', () => {
    expect(explainer.reasons(new Float32Array(26), new Float32Array(4), -1)).toEqual([]);
    expect(explainer.reasons(new Float32Array(26).fill(1), Float32Array.of(0, 1, 1, 1), 0)).toEqual([]);
  });

  it('survive components that are copies of each other', () => {
    const copies = new Explainer([
      [1, 2],
      [1, 2],
    ]);
    const reasons = copies.reasons(Float32Array.of(1, 2), Float32Array.of(0.5, 0.5), 0);
    expect(reasons.map(({ feature }) => feature)).toEqual([1, 0]);
    expect(reasons.reduce((sum, { contribution }) => sum + contribution, 0)).toBeCloseTo(0.5, 3);
  });
});

describe('reasons of centroids', () => {
  const centroids = [
    [0.9, 0.5, 0],
    [0.1, 0.5, 1],
    [0.3, 0.2, 0],
  ];
  const kMeans = new Explainer(centroids, 'KMEANS');

  it('are what brings the row nearer to its centroid than to the others', () => {
    const reasons = kMeans.reasons(Float32Array.of(1, 1, 1), Float32Array.of(0.6, 0.3, 0.1), 0);
    expect(reasons).toEqual([
      { feature: 0, contribution: expect.closeTo(2 * (0.9 - 0.2), 10) },
      { feature: 1, contribution: expect.closeTo(2 * (0.5 - 0.35), 10) },
    ]);
  });

  it('add up, with what spoke against, to what the row changes in the distances', () => {
    const value = fc.double({ min: 0, max: 3, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(value, value, value), fc.nat(2), (row, segment) => {
        const x = Float32Array.from(row);
        const gain = (point: ArrayLike<number>) => {
          const squared = centroids.map((c) =>
            c.reduce((sum, v, f) => sum + (v - (point[f] as number)) ** 2, 0),
          );
          const own = squared[segment] as number;
          return (squared.reduce((a, b) => a + b) - own) / 2 - own;
        };
        const positive = kMeans.reasons(x, Float32Array.of(1, 1, 1), segment);
        const against = centroids.map((_, s) => s).filter((s) => s !== segment);
        const negative = Array.from(x, (v, f) => {
          const others = against.reduce((sum, s) => sum + (centroids[s]?.[f] as number), 0) / 2;
          return Math.min(0, 2 * v * ((centroids[segment]?.[f] as number) - others));
        });
        const sum = [...positive.map(({ contribution }) => contribution), ...negative].reduce(
          (a, b) => a + b,
          0,
        );
        expect(sum).toBeCloseTo(gain(x) - gain([0, 0, 0]), 6);
      }),
    );
  });

  it('are there with one centroid alone', () => {
    const alone = new Explainer([[0.5, 0]], 'KMEANS');
    expect(alone.reasons(Float32Array.of(1, 1), Float32Array.of(1), 0)).toEqual([
      { feature: 0, contribution: 1 },
    ]);
  });
});

describe('top features', () => {
  it.each([
    [0, ['chinese', 'movies', 'burguers', 'italian', 'coffee', 'indian']],
    [1, ['ruralTourism', 'mediterranean', 'trecking', 'guidedVisits']],
    [2, ['drinks', 'parties', 'concerts']],
    [3, ['theaters', 'museums', 'fitness']],
  ])('of segment %i are the published ones', (segment, expected) => {
    expect(explainer.topFeatures(segment, expected.length).map(({ feature }) => name(feature))).toEqual(
      expected,
    );
  });

  it('tell weight, heat and lift', () => {
    const [drinks] = explainer.topFeatures(2, 1);
    const weights = components.map((row) => row[features.indexOf('drinks')] as number);
    expect(drinks).toEqual({
      feature: features.indexOf('drinks'),
      weight: 2.205003788180034,
      heat: 1,
      lift: expect.closeTo(2.205003788180034 / (weights.reduce((a, b) => a + b) / 4), 10),
    });
  });

  it('leave out what weighs nothing', () => {
    expect(explainer.topFeatures(2, 26)).toHaveLength(components[2]?.filter((v) => v > 0).length as number);
  });
});

describe('heat map', () => {
  it('is the components, turned, over their largest value', () => {
    const largest = Math.max(...components.flat());
    features.forEach((_, i) => {
      components.forEach((row, s) => {
        expect(explainer.heatmap[i]?.[s]).toBeCloseTo((row[i] as number) / largest, 12);
      });
    });
  });

  it('is cold all over when there is no weight', () => {
    expect(new Explainer([[0, 0]]).heatmap).toEqual([[0], [0]]);
  });
});
