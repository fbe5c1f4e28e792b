import fc from 'fast-check';
import {
  populationStability,
  rateStability,
} from '../../../src/segmentation/continuity/population-stability';

const counts = fc
  .array(fc.tuple(fc.nat(1000), fc.nat(1000)), { minLength: 1, maxLength: 12 })
  .map((pairs) => [pairs.map(([a]) => a), pairs.map(([, b]) => b)] as const)
  .filter((both) => both.every((values) => values.some((value) => value > 0)));

describe('population stability', () => {
  it('is the sum over the classes', () => {
    // (0.4 − 0.5) ln(0.4/0.5) + (0.6 − 0.5) ln(0.6/0.5)
    expect(populationStability([0.5, 0.5], [0.4, 0.6])).toBeCloseTo(0.1 * Math.log(1.5), 12);
  });

  it('is 0 for the same shares, whatever their number', () => {
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 50 }), ([some], times) => {
        const scaled = some.map((count) => count * times);
        expect(populationStability(some, scaled)).toBeCloseTo(0, 12);
      }),
    );
  });

  it('is finite, never negative, and the same in both directions', () => {
    fc.assert(
      fc.property(counts, ([expected, actual]) => {
        const index = populationStability(expected, actual) as number;
        expect(index).toBeGreaterThanOrEqual(0);
        expect(index).toBeLessThan(20);
        expect(populationStability(actual, expected)).toBeCloseTo(index, 12);
      }),
    );
  });

  it('sees a class appear', () => {
    expect(populationStability([100, 0], [95, 5])).toBeCloseTo(
      0.05 * Math.log(1 / 0.95) + 0.0499 * Math.log(500),
      10,
    );
  });

  it('is not known of nobody', () => {
    expect(populationStability([0, 0], [1, 2])).toBeNull();
    expect(populationStability([1, 2], [0, 0])).toBeNull();
  });
});

describe('stability of a rate', () => {
  it('is that of having and not having', () => {
    expect(rateStability(0.2, 0.3)).toBeCloseTo(0.1 * Math.log(1.5) + 0.1 * Math.log(8 / 7), 12);
  });

  it('is finite at the ends', () => {
    expect(rateStability(0, 0)).toBe(0);
    expect(rateStability(0, 1)).toBeCloseTo(2 * 0.9999 * Math.log(1e4), 9);
  });
});
