import fc from 'fast-check';
import { encodeModel } from '../../src/onnx/encode-model';
import { nnlsGraph } from '../../src/onnx/nnls-graph';
import { kktResidual } from './kkt';
import { scorePlainly } from './plain-onnx';

type Matrix = number[][];

const score = (components: Matrix, rows: Matrix) =>
  scorePlainly(encodeModel({ graph: nnlsGraph(components), metadata: {} }), rows);

/** Values of float32, a third of them zero, of sizes from 0.001 to 100. */
const value = fc.oneof(
  fc.constant(0),
  fc.constant(1),
  fc.float({ min: Math.fround(0.001), max: 100, noNaN: true }),
);
const matrix = (rows: number, columns: number) =>
  fc.array(fc.array(value, { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows });

/** Components and rows to score; with more components than features they are dependent. */
const problem = (segments: { min: number; max: number }) =>
  fc
    .tuple(fc.integer(segments), fc.integer({ min: 1, max: 20 }))
    .chain(([k, d]) => fc.record({ components: matrix(k, d), rows: matrix(12, d) }));

describe.each([
  ['enumerated', { min: 1, max: 8 }],
  ['iterated', { min: 9, max: 14 }],
])('non-negative least squares, %s', (_, segments) => {
  it('fulfils the KKT conditions to 1e-5', async () => {
    await fc.assert(
      fc.asyncProperty(problem(segments), async ({ components, rows }) => {
        const { affinities } = await score(components, rows);
        rows.forEach((row, i) => {
          expect(kktResidual(components, row, affinities[i] as number[])).toBeLessThan(1e-5);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('gives the largest affinity, the lowest of a tie, and −1 where none is positive', async () => {
    await fc.assert(
      fc.asyncProperty(problem(segments), async ({ components, rows }) => {
        const { affinities, segments: chosen } = await score(components, rows);
        affinities.forEach((row, i) => {
          const largest = Math.max(...row);
          expect(chosen[i]).toBe(largest > 0 ? row.indexOf(largest) : -1);
        });
      }),
      { numRuns: 30 },
    );
  });

  it('answers a batch as it answers every row alone', async () => {
    await fc.assert(
      fc.asyncProperty(problem(segments), async ({ components, rows }) => {
        const batch = await score(components, rows);
        for (const [i, row] of rows.entries()) {
          const alone = await score(components, [row]);
          // Dependent components have many optima; the remainder x − wH is the same in all.
          expectSameFit(components, row, alone.affinities[0] as number[], batch.affinities[i] as number[]);
        }
      }),
      { numRuns: 15 },
    );
  });

  it('gives a row of zeros no affinity and segment −1', async () => {
    await fc.assert(
      fc.asyncProperty(problem(segments), async ({ components }) => {
        const zeros = (components[0] as number[]).map(() => 0);
        const { affinities, segments: chosen } = await score(components, [zeros]);
        expect(affinities).toEqual([components.map(() => 0)]);
        expect(chosen).toEqual([-1]);
      }),
      { numRuns: 15 },
    );
  });
});

describe.each([2, 8, 9, 12])('with %i segments', (k) => {
  const identity = Array.from({ length: k }, (_, s) =>
    Array.from({ length: k }, (_, i) => (s === i ? 1 : 0)),
  );
  const ones = identity.map(() => 1);

  it('gives ties to the lowest segment', async () => {
    const { affinities, segments } = await score(identity, [ones, ones.map((_, i) => (i === 0 ? 0 : 1))]);
    expect(affinities[0]).toEqual(ones);
    expect(segments).toEqual([0, 1]);
  });

  it('knows no segment for interests that weigh nothing anywhere', async () => {
    const components = identity.map((row) => [...row, 0]);
    const { affinities, segments } = await score(components, [[...ones.map(() => 0), 1]]);
    expect(affinities[0]).toEqual(ones.map(() => 0));
    expect(segments).toEqual([-1]);
  });

  it('never gives a component of zeros any weight', async () => {
    const components = identity.map((row, s) => (s === 0 ? row.map(() => 0) : row));
    const { affinities, segments } = await score(components, [ones]);
    expect(affinities[0]).toEqual(ones.map((_, s) => (s === 0 ? 0 : 1)));
    expect(segments).toEqual([1]);
  });

  it('gives no weight at all when every component is zero', async () => {
    const { affinities, segments } = await score(
      identity.map((row) => row.map(() => 0)),
      [ones],
    );
    expect(affinities).toEqual([ones.map(() => 0)]);
    expect(segments).toEqual([-1]);
  });

  it('solves nearly the same component twice', async () => {
    const row = Array.from({ length: 20 }, (_, i) => 1 + (i % 3));
    const components = identity.map((_, s) => row.map((v, i) => (i === s ? v + 1e-4 : v)));
    const rows = [row, row.map((v, i) => (i % 2 === 0 ? v : 0)), row.map((_, i) => (i < 5 ? 1 : 0))];
    const { affinities } = await score(components, rows);
    rows.forEach((x, i) => {
      expect(kktResidual(components, x, affinities[i] as number[])).toBeLessThan(1e-5);
    });
  });
});

it('gives identical components’ ties to the first', async () => {
  const { segments } = await score(
    [
      [1, 2, 0],
      [0, 1, 1],
      [1, 2, 0],
    ],
    [[1, 2, 0]],
  );
  expect(segments).toEqual([0]);
});

function expectSameFit(components: Matrix, x: number[], a: number[], b: number[]): void {
  const scale = Math.hypot(...x) || 1;
  x.forEach((_, i) => {
    const difference = components.reduce(
      (sum, row, s) => sum + (row[i] as number) * ((a[s] as number) - (b[s] as number)),
      0,
    );
    expect(Math.abs(difference) / scale).toBeLessThan(1e-3);
  });
}
