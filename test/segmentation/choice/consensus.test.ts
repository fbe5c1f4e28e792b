import fc from 'fast-check';
import { consensusCorrelation } from '../../../src/segmentation/choice/consensus';
import { copheneticCorrelation } from '../../../src/segmentation/choice/cophenetic';

/** Average linkage as its definition says, by looking for the nearest two clusters again and again. */
function plainCopheneticCorrelation(distances: number[][]): number {
  const n = distances.length;
  let clusters = distances.map((_, i) => [i]);
  const pairs: [distance: number, height: number][] = [];
  const between = (a: number[], b: number[]) =>
    a.flatMap((i) => b.map((j) => distances[i]?.[j] as number)).reduce((x, y) => x + y) /
    (a.length * b.length);
  for (let left = n; left > 1; left--) {
    let best = { height: Number.POSITIVE_INFINITY, a: [] as number[], b: [] as number[] };
    clusters.forEach((a, i) => {
      for (const b of clusters.slice(i + 1)) {
        const height = between(a, b);
        if (height < best.height) best = { height, a, b };
      }
    });
    for (const i of best.a) for (const j of best.b) pairs.push([distances[i]?.[j] as number, best.height]);
    clusters = [...clusters.filter((c) => c !== best.a && c !== best.b), [...best.a, ...best.b]];
  }
  return correlation(pairs);
}

function correlation(pairs: readonly (readonly [number, number])[]): number {
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const x = pairs.map(([a]) => a);
  const y = pairs.map(([, b]) => b);
  const covariance = (a: number[], b: number[]) =>
    mean(a.map((v, i) => v * (b[i] as number))) - mean(a) * mean(b);
  return covariance(x, y) / Math.sqrt(covariance(x, x) * covariance(y, y));
}

describe('the cophenetic correlation', () => {
  it('is the correlation of the distances with the tree’s heights', () => {
    // Different distances: with ties the tree is not the only one.
    const distinct = fc
      .integer({ min: 3, max: 9 })
      .chain((n) =>
        fc.uniqueArray(fc.integer({ min: 1, max: 9999 }), { minLength: n * n, maxLength: n * n }),
      );
    fc.assert(
      fc.property(distinct, (values) => {
        const n = Math.sqrt(values.length);
        const distances = Array.from({ length: n }, (_, i) =>
          Array.from({ length: n }, (__, j) =>
            i === j ? 0 : (values[Math.max(i, j) * n + Math.min(i, j)] as number),
          ),
        );
        const fast = copheneticCorrelation(Float64Array.from(distances.flat()), Array(n).fill(1));
        expect(fast).toBeCloseTo(plainCopheneticCorrelation(distances), 8);
      }),
    );
  });

  it('counts things that stand at one place', () => {
    const places = [
      [0, 1, 5],
      [1, 0, 7],
      [5, 7, 0],
    ];
    const sizes = [2, 1, 3];
    const things = sizes.flatMap((size, i) => Array<number>(size).fill(i));
    const apart = things.map((i) => things.map((j) => places[i]?.[j] as number));
    const together = copheneticCorrelation(Float64Array.from(places.flat()), sizes);
    expect(together).toBeCloseTo(plainCopheneticCorrelation(apart), 10);
  });

  it('is 1 where nothing differs', () => {
    expect(copheneticCorrelation(Float64Array.of(0, 2, 2, 0), [1, 1])).toBe(1);
    expect(copheneticCorrelation(Float64Array.of(0), [5])).toBe(1);
  });
});

describe('the consensus', () => {
  it('is perfect where runs agree but for the segments’ names', () => {
    expect(
      consensusCorrelation([
        [0, 0, 1, 1, 2],
        [2, 2, 0, 0, 1],
      ]),
    ).toBeCloseTo(1, 12);
  });

  it('is less where rows change company', () => {
    const runs = [
      [0, 0, 1, 1, 0, 1],
      [0, 0, 1, 1, 1, 0],
      [0, 1, 0, 1, 0, 1],
    ];
    const distances = runs[0]?.map((_, i) =>
      (runs[0] as number[]).map((__, j) => runs.filter((run) => run[i] !== run[j]).length / 3),
    ) as number[][];
    expect(consensusCorrelation(runs)).toBeLessThan(0.95);
    expect(consensusCorrelation(runs)).toBeCloseTo(
      copheneticCorrelation(Float64Array.from(distances.flat()), Array(6).fill(1)),
      10,
    );
  });
});
