import fc from 'fast-check';
import { NnlsSolver } from '../../../src/segmentation/linear-algebra/nnls';
import { seededRandom } from '../../../src/segmentation/rows/seeded-random';
import { kktResidual } from '../../onnx/kkt';

const D = 24;

interface Problem {
  readonly components: readonly (readonly number[])[];
  readonly rows: readonly (readonly number[])[];
  readonly guess: number;
}

/** Components of unit length, and rows: half zeros, half random, so that no components depend on each other. */
function generalProblems(fewest: number, most: number): fc.Arbitrary<Problem> {
  return fc.record({ k: fc.integer({ min: fewest, max: most }), seed: fc.nat() }).map(({ k, seed }) => {
    const random = seededRandom(seed);
    const row = () => Array.from({ length: D }, () => (random() < 0.5 ? 0 : random()));
    return {
      components: Array.from({ length: k }, () => toUnitLength(row())),
      rows: Array.from({ length: 5 }, row),
      guess: Math.floor(random() * 2 ** k),
    };
  });
}

/** Few different numbers make ties, rows of zeros, and components that depend on each other or are copies. */
function dependentProblems(fewest: number, most: number): fc.Arbitrary<Problem> {
  const row = fc.array(fc.constantFrom(0, 0, 1, 2), { minLength: D, maxLength: D });
  return fc.integer({ min: fewest, max: most }).chain((k) =>
    fc.record({
      components: fc.array(row.map(toUnitLength), { minLength: k, maxLength: k }),
      rows: fc.array(row, { minLength: 1, maxLength: 5 }),
      guess: fc.integer({ min: 0, max: 2 ** k - 1 }),
    }),
  );
}

function toUnitLength(row: readonly number[]): number[] {
  const length = Math.hypot(...row) || 1;
  return row.map((value) => value / length);
}

function solveRows(
  components: readonly (readonly number[])[],
  rows: readonly (readonly number[])[],
  guess: number,
) {
  const solver = new NnlsSolver(components.length);
  solver.setGram(Float64Array.from(components.flatMap((row) => components.map((other) => dot(row, other)))));
  return rows.map((row) => {
    components.forEach((component, s) => {
      solver.target[s] = dot(component, row);
    });
    const set = solver.solve(guess);
    return { weights: Array.from(solver.solution), set };
  });
}

describe('NnlsSolver', () => {
  it.each([
    ['up to 12 unknowns', generalProblems(1, 12), 1e-9],
    ['more unknowns', generalProblems(13, 22), 1e-9],
    ['up to 12 unknowns with dependent components', dependentProblems(1, 12), 1e-6],
    ['more unknowns with dependent components', dependentProblems(13, 30), 1e-6],
  ])('meets the optimality conditions with %s', (_, problems, tolerance) => {
    fc.assert(
      fc.property(problems, ({ components, rows, guess }) => {
        solveRows(components, rows, guess).forEach(({ weights }, i) => {
          expect(kktResidual(components, rows[i] as number[], weights)).toBeLessThan(tolerance);
        });
      }),
      { numRuns: 100 },
    );
  });

  it('finds the same whatever the guess', () => {
    fc.assert(
      fc.property(generalProblems(2, 6), ({ components, rows, guess }) => {
        const fits = [0, guess].map((first) =>
          solveRows(components, rows, first).map(({ weights }, i) =>
            residual(components, rows[i] as number[], weights),
          ),
        );
        fits[0]?.forEach((fit, i) => {
          expect(fits[1]?.[i]).toBeCloseTo(fit, 9);
        });
      }),
    );
  });

  it('tells the set of unknowns that are positive', () => {
    const solver = new NnlsSolver(3);
    solver.setGram(Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1));
    solver.target.set([2, -1, 3]);
    expect(solver.solve(0b010)).toBe(0b101);
    expect(Array.from(solver.solution)).toEqual([2, 0, 3].map((value) => expect.closeTo(value, 8)));
  });

  it('gives no weight to a component of zeros', () => {
    const [solved] = solveRows(
      [
        [1, 0],
        [0, 0],
      ],
      [[2, 5]],
      0b11,
    );
    expect(solved?.weights[1]).toBe(0);
  });
});

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
}

function residual(
  components: readonly (readonly number[])[],
  x: readonly number[],
  w: readonly number[],
): number {
  return Math.hypot(
    ...x.map(
      (value, i) =>
        value - components.reduce((sum, row, s) => sum + (row[i] as number) * (w[s] as number), 0),
    ),
  );
}
