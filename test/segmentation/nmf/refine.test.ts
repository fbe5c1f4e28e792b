import fc from 'fast-check';
import { CooperativeYield } from '../../../src/segmentation/event-loop';
import { PackedRows } from '../../../src/segmentation/nmf/packed-rows';
import { refine } from '../../../src/segmentation/nmf/refine';
import { randomStart, singularStart } from '../../../src/segmentation/nmf/starts';
import { Sweeper } from '../../../src/segmentation/nmf/sweep';
import { rowsOf } from '../rows-of';

const yielding = new CooperativeYield(new AbortController().signal);
const D = 11;
/** Ones, zeros, and now and then another number. */
const matrices = fc.array(
  fc.array(
    fc.oneof({ weight: 4, arbitrary: fc.constantFrom(0, 1) }, fc.double({ min: 0, max: 9, noNaN: true })),
    {
      minLength: D,
      maxLength: D,
    },
  ),
  { minLength: 4, maxLength: 30 },
);
const pack = (rows: number[][]) => PackedRows.from(rowsOf(rows, 3), 1e6, yielding);

describe('refine', () => {
  it('never makes the error grow, and ends where a sweep brings nothing', async () => {
    await fc.assert(
      fc.asyncProperty(matrices, fc.integer({ min: 1, max: 4 }), fc.nat(), async (rows, k, seed) => {
        const packed = await pack(rows);
        const sweeper = new Sweeper(packed, k);
        const errors: number[] = [];
        const { components, squaredError } = await refine(sweeper, randomStart(k, D, seed), {
          tolerance: 1e-9,
          mostSweeps: 200,
          onSweep: (_, error) => errors.push(error),
        });
        expect(errors).toEqual([...errors].sort((a, b) => b - a));
        const fit = await sweeper.sweep(components);
        expect(fit.squaredError).toBeLessThanOrEqual(squaredError + 1e-12 * packed.totals.squares);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a sweep', () => {
  it('never makes the error grow', async () => {
    await fc.assert(
      fc.asyncProperty(matrices, fc.integer({ min: 1, max: 4 }), fc.nat(), async (rows, k, seed) => {
        const packed = await pack(rows);
        const sweeper = new Sweeper(packed, k);
        let components = randomStart(k, D, seed);
        let last = packed.totals.squares;
        for (let sweep = 0; sweep < 20; sweep++) {
          const { squaredError, better } = await sweeper.sweep(components);
          expect(squaredError).toBeLessThanOrEqual(last + 1e-12 * packed.totals.squares);
          last = squaredError;
          components = better;
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('packed rows', () => {
  it('are the rows', async () => {
    await fc.assert(
      fc.asyncProperty(matrices, fc.boolean(), async (matrix, isKept) => {
        const rows = matrix.map((row) => Array.from(Float32Array.from(row)));
        const packed = await PackedRows.from(rowsOf(rows, 3), isKept ? 1e6 : 0, yielding);
        expect(await unpack(packed)).toEqual(rows);
        const sample = await packed.sample(3, 1, yielding);
        const positive = rows.filter((row) => row.some((value) => value > 0));
        expect(sample.rowCount).toBe(Math.min(3, positive.length));
        const sampled = await unpack(sample);
        const squares = sampled.flat().reduce((sum, value) => sum + value * value, 0);
        expect(sample.totals.squares).toBeCloseTo(squares, 9);
        for (const row of sampled) expect(positive).toContainEqual(row);
      }),
      { numRuns: 50 },
    );
  });

  it('of zeros and ones need less than an entry per number', async () => {
    const ones = await pack(Array.from({ length: 10 }, () => Array(D).fill(1)));
    expect(ones.totals.entries).toBe(20);
    expect(ones.patterns.count).toBe(2);
  });
});

describe('the start from the singular vectors', () => {
  it('finds the blocks of a block matrix at once', async () => {
    const block = (from: number, to: number) =>
      Array.from({ length: D }, (_, i) => Number(i >= from && i < to));
    const rows = [
      ...Array(9).fill(block(0, 5)),
      ...Array(4).fill(block(5, 8)),
      ...Array(2).fill(block(8, D)),
    ];
    const packed = await pack(rows);
    const { squaredError } = await refine(new Sweeper(packed, 3), await singularStart(packed, 3, 1), {
      tolerance: 1e-9,
      mostSweeps: 100,
    });
    expect(squaredError).toBeLessThan(1e-6);
  });
});

async function unpack(packed: PackedRows): Promise<number[][]> {
  const rows: number[][] = [];
  for await (const { ends, patterns, values } of packed.chunks()) {
    let at = 0;
    for (const end of ends) {
      const row = Array<number>(packed.featureCount).fill(0);
      for (; at < end; at++) {
        const value = values?.[at] ?? 1;
        packed.patterns.forEachColumn(patterns[at] as number, (column) => {
          row[column] = value;
        });
      }
      rows.push(row);
    }
  }
  return rows;
}
