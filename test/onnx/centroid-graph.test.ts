import fc from 'fast-check';
import { centroidGraph } from '../../src/onnx/centroid-graph';
import { encodeModel } from '../../src/onnx/encode-model';
import { scorePlainly } from './plain-onnx';

type Matrix = number[][];

const score = (centroids: Matrix, rows: Matrix) =>
  scorePlainly(encodeModel({ graph: centroidGraph(centroids), metadata: {} }), rows);

const value = fc.oneof(
  fc.constant(0),
  fc.constant(1),
  fc.float({ min: Math.fround(0.001), max: 100, noNaN: true }),
);
const matrix = (rows: number, columns: number) =>
  fc.array(fc.array(value, { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows });
const problem = fc
  .tuple(fc.integer({ min: 1, max: 14 }), fc.integer({ min: 1, max: 20 }))
  .chain(([k, d]) => fc.record({ centroids: matrix(k, d), rows: matrix(12, d) }));

const isZero = (row: number[]) => row.every((v) => v === 0);
const distance = (a: number[], b: number[]) => Math.hypot(...a.map((v, i) => v - (b[i] as number)));

describe('nearest centroids', () => {
  it('have the largest affinity', async () => {
    await fc.assert(
      fc.asyncProperty(problem, async ({ centroids, rows }) => {
        const { affinities, segments } = await score(centroids, rows);
        rows.forEach((row, i) => {
          if (isZero(row)) return;
          const distances = centroids.map((centroid) => distance(row, centroid));
          const chosen = distances[segments[i] as number] as number;
          expect(chosen).toBeLessThanOrEqual(Math.min(...distances) + 1e-5 * Math.hypot(...row, 1));
          expect(segments[i]).toBe(affinities[i]?.indexOf(Math.max(...(affinities[i] as number[]))));
        });
      }),
      { numRuns: 60 },
    );
  });

  it('share out one whole by inverse squared distance', async () => {
    const { affinities } = await score(
      [
        [0, 0],
        [3, 0],
        [1, 4],
      ],
      [[1, 0]],
    );
    // Squared distances 1, 4, 16: parts 16, 4, 1 of 21.
    [16, 4, 1].forEach((part, s) => {
      expect(affinities[0]?.[s]).toBeCloseTo(part / 21, 6);
    });
  });

  it('give shares that add up to one, whatever the unit', async () => {
    await fc.assert(
      fc.asyncProperty(problem, fc.constantFrom(1e-6, 1, 1e9), async ({ centroids, rows }, unit) => {
        const inUnit = (m: Matrix) => m.map((row) => row.map((v) => v * unit));
        const { affinities } = await score(inUnit(centroids), inUnit(rows));
        rows.forEach((row, i) => {
          const sum = (affinities[i] as number[]).reduce((a, b) => a + b);
          expect(sum).toBeCloseTo(isZero(row) ? 0 : 1, 5);
          expect(affinities[i]?.every((affinity) => affinity >= 0 && affinity <= 1)).toBe(true);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('answer a batch as they answer every row alone', async () => {
    await fc.assert(
      fc.asyncProperty(problem, async ({ centroids, rows }) => {
        const batch = await score(centroids, rows);
        for (const [i, row] of rows.entries()) {
          const { affinities } = await score(centroids, [row]);
          affinities[0]?.forEach((affinity, s) => {
            expect(affinity).toBeCloseTo(batch.affinities[i]?.[s] as number, 5);
          });
        }
      }),
      { numRuns: 15 },
    );
  });

  it('are known to no row of zeros, even with a centroid there', async () => {
    const centroids = [
      [1, 0],
      [0, 0],
    ];
    expect(await score(centroids, [[0, 0]])).toEqual({ affinities: [[0, 0]], segments: [-1] });
  });

  it('are the row itself, and the lowest of a tie', async () => {
    const centroids = [
      [0.1, 0.7],
      [0.1, 0.7],
      [0.3, 0.2],
      [0.5, 0.2],
    ];
    const { affinities, segments } = await score(centroids, [
      [0.3, 0.2],
      [0.1, 0.7],
    ]);
    expect(segments).toEqual([2, 0]);
    expect(affinities[0]?.[2]).toBeCloseTo(1, 5);
    expect(affinities[1]?.[0]).toBe(affinities[1]?.[1]);
    expect(affinities[1]?.[0]).toBeCloseTo(0.5, 5);
  });
});
