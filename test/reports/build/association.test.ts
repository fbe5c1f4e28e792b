import fc from 'fast-check';
import { associationOf } from '../../../src/reports/build/association';

it('is what it is by hand', () => {
  // Expected counts: 12, 18, 28, 42.
  const association = associationOf([
    [20, 10],
    [20, 50],
  ]);
  const chiSquare = 64 / 12 + 64 / 18 + 64 / 28 + 64 / 42;
  expect(association?.chiSquare).toBeCloseTo(chiSquare, 10);
  expect(association?.degreesOfFreedom).toBe(1);
  expect(association?.cramersV).toBeCloseTo(Math.sqrt(chiSquare / 100), 10);
});

it('is 0 where all rows are alike, and 1 where each has a column of its own', () => {
  expect(
    associationOf([
      [1, 2, 3],
      [2, 4, 6],
    ])?.cramersV,
  ).toBeCloseTo(0, 10);
  expect(
    associationOf([
      [5, 0, 0],
      [0, 2, 0],
      [0, 0, 9],
    ])?.cramersV,
  ).toBeCloseTo(1, 10);
});

it.each([
  [[]],
  [[[1, 2]]],
  [[[1], [2]]],
  [
    [
      [1, 2],
      [0, 0],
    ],
  ],
  [
    [
      [1, 0],
      [2, 0],
    ],
  ],
])('has nothing to compare in %j', (counts) => {
  expect(associationOf(counts)).toBeNull();
});

it('does not change with the order of rows, with rows and columns exchanged, or with empty ones', () => {
  const row = fc.tuple(fc.nat(50), fc.nat(50), fc.nat(50));
  fc.assert(
    fc.property(fc.array(row, { minLength: 2, maxLength: 6 }), (counts) => {
      const expected = associationOf(counts);
      const transposed = [0, 1, 2].map((c) => counts.map((r) => r[c] as number));
      for (const same of [[...counts].reverse(), transposed, [...counts, [0, 0, 0]]]) {
        const association = associationOf(same);
        expect(association?.degreesOfFreedom).toBe(expected?.degreesOfFreedom);
        expect(association?.chiSquare ?? 0).toBeCloseTo(expected?.chiSquare ?? 0, 6);
        expect(association?.cramersV ?? 0).toBeCloseTo(expected?.cramersV ?? 0, 6);
      }
      if (expected !== null) expect(expected.cramersV).toBeLessThanOrEqual(1);
    }),
  );
});
