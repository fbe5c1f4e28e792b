import fc from 'fast-check';
import { heaviestPairs } from '../../../src/segmentation/continuity/assignment-problem';

type Matrix = number[][];

const sum = (weights: Matrix, pairs: readonly number[]) =>
  pairs.reduce((total, column, row) => total + (column < 0 ? 0 : (weights[row]?.[column] as number)), 0);

/** The largest sum with as many pairs as the shorter side has members, by trying all. */
function bruteForce(weights: Matrix): number {
  const columns = weights[0]?.length as number;
  const pairsWanted = Math.min(weights.length, columns);
  const best = (row: number, taken: number, pairs: number): number => {
    if (row === weights.length) return pairs === pairsWanted ? 0 : Number.NEGATIVE_INFINITY;
    let largest = best(row + 1, taken, pairs);
    for (let c = 0; c < columns; c++) {
      if ((taken >> c) & 1) continue;
      largest = Math.max(largest, (weights[row]?.[c] as number) + best(row + 1, taken | (1 << c), pairs + 1));
    }
    return largest;
  };
  return best(0, 0, 0);
}

describe('heaviest pairs', () => {
  it('are as heavy as any', () => {
    const weight = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -1, max: 1, noNaN: true }));
    const matrix = fc
      .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }))
      .chain(([n, m]) =>
        fc.array(fc.array(weight, { minLength: m, maxLength: m }), { minLength: n, maxLength: n }),
      );
    fc.assert(
      fc.property(matrix, (weights) => {
        const pairs = heaviestPairs(weights);
        const columns = pairs.filter((column) => column >= 0);
        expect(new Set(columns).size).toBe(Math.min(weights.length, weights[0]?.length as number));
        expect(columns).toHaveLength(new Set(columns).size);
        expect(sum(weights, pairs)).toBeCloseTo(bruteForce(weights), 9);
      }),
      { numRuns: 300 },
    );
  });

  it('give up the heaviest pair for a heavier whole', () => {
    expect(
      heaviestPairs([
        [10, 9],
        [9, 0],
      ]),
    ).toEqual([1, 0]);
  });

  it('are none where nothing is', () => {
    expect(heaviestPairs([])).toEqual([]);
    expect(heaviestPairs([[], []])).toEqual([-1, -1]);
  });
});
