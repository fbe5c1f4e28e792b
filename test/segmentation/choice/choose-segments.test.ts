import { chooseSegments, type SegmentsCandidate } from '../../../src/segmentation/choice/choose-segments';
import { SEGMENTERS } from '../../../src/segmentation/segmenter';
import { plantSegments } from '../planted';
import { rowsOf } from '../rows-of';

const quietly = { report: () => {}, signal: new AbortController().signal };

/** Sizes that leave the segments apart: with fewer features, flips make many rows another segment's. */
const PLANTED = [
  { segmentCount: 2, rowCount: 300, featureCount: 20, shape: 'disjoint' },
  { segmentCount: 4, rowCount: 5000, featureCount: 26, shape: 'disjoint' },
  { segmentCount: 6, rowCount: 300, featureCount: 40, shape: 'disjoint' },
  { segmentCount: 8, rowCount: 400, featureCount: 40, shape: 'overlapping' },
] as const;

describe.each(['NMF', 'KMEANS'] as const)('the choice of segments, %s', (algorithm) => {
  const segmenter = SEGMENTERS[algorithm];

  it.each(PLANTED)('recommends the planted number: %j', async (shape) => {
    const { rows } = plantSegments({ ...shape, seed: shape.segmentCount });
    const { candidates, recommendedSegments } = await chooseSegments(
      rowsOf(rows),
      { from: Math.max(2, shape.segmentCount - 2), to: shape.segmentCount + 2, seed: 42, segmenter },
      quietly,
    );
    expect(candidates.at(-1)?.segments).toBe(shape.segmentCount + 2);
    expect(recommendedSegments).toBe(shape.segmentCount);
  });

  it('tells error and stability, the same for the same seed', async () => {
    const { rows } = plantSegments({ rowCount: 200, featureCount: 15, segmentCount: 3, seed: 4 });
    const choose = () => chooseSegments(rowsOf(rows), { from: 2, to: 5, seed: 7, segmenter }, quietly);
    const choice = await choose();
    expect(await choose()).toEqual(choice);
    const [two, three, four] = choice.candidates as [SegmentsCandidate, SegmentsCandidate, SegmentsCandidate];
    expect(three.copheneticCorrelation).toBeGreaterThan(0.99);
    expect(four.reconstructionError).toBeLessThan(three.reconstructionError);
    expect(three.reconstructionError).toBeLessThan(two.reconstructionError);
    expect(four.heldOutError).toBeGreaterThan(three.heldOutError);
    const trained = await segmenter.train(rowsOf(rows), { segments: 3, seed: 7 }, quietly);
    expect(three.reconstructionError).toBeCloseTo(trained.reconstructionError, 3);
  });

  it('reports its progress', async () => {
    const { rows } = plantSegments({ rowCount: 100, featureCount: 10, segmentCount: 2, seed: 4 });
    const reports: [number, string][] = [];
    const report = (progress: number, message: string) => reports.push([progress, message]);
    await chooseSegments(rowsOf(rows), { from: 2, to: 3, seed: 7, segmenter }, { ...quietly, report });
    expect(reports.map(([, message]) => message)).toContain('3 segments: run 3 of 10');
    const progress = reports.map(([share]) => share);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(progress.at(-1)).toBeGreaterThan(0.7);
    expect(progress.at(-1)).toBeLessThanOrEqual(1);
  });

  it('stops when it is told to', async () => {
    const { rows } = plantSegments({ rowCount: 100, featureCount: 10, segmentCount: 2, seed: 4 });
    const controller = new AbortController();
    const report = (_: number, message: string) => {
      if (message === '2 segments: run 4 of 10') controller.abort();
    };
    await expect(
      chooseSegments(
        rowsOf(rows),
        { from: 2, to: 9, seed: 7, segmenter },
        { report, signal: controller.signal },
      ),
    ).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('the choice of segments', () => {
  const segmenter = SEGMENTERS.NMF;

  it('does not mind rows of zeros', async () => {
    const { rows } = plantSegments({ rowCount: 200, featureCount: 16, segmentCount: 3, seed: 4 });
    const withZeros = rows.flatMap((row) => [row, row.map(() => 0)]);
    const choice = await chooseSegments(rowsOf(withZeros), { from: 2, to: 5, seed: 7, segmenter }, quietly);
    expect(choice.recommendedSegments).toBe(3);
  });

  it.each([
    [1, 4],
    [4, 3],
    [2, 21],
    [2.5, 4],
  ])('refuses the range from %d to %d', async (from, to) => {
    await expect(
      chooseSegments(rowsOf([[1]]), { from, to, seed: 1, segmenter }, quietly),
    ).rejects.toMatchObject({
      message: `segmentRange: [${from}, ${to}] must be two whole numbers from 2 to 20, the smaller one first.`,
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });

  it('refuses to choose by a handful of rows', async () => {
    const rows = rowsOf([...Array(9).fill([1, 2]), ...Array(90).fill([0, 0])]);
    await expect(chooseSegments(rows, { from: 2, to: 3, seed: 1, segmenter }, quietly)).rejects.toMatchObject(
      {
        message:
          'segmentRange: 9 rows that are not empty are too few to choose by: give segments, or at least 10 rows.',
      },
    );
  });
});
