import { centroidGraph } from '../../../src/onnx/centroid-graph';
import { encodeModel } from '../../../src/onnx/encode-model';
import { trainKMeans } from '../../../src/segmentation/k-means/k-means';
import { scorePlainly } from '../../onnx/plain-onnx';
import { adjustedRandIndex } from '../adjusted-rand-index';
import { plantSegments } from '../planted';
import { rowsOf } from '../rows-of';

const quietly = { report: () => {}, signal: new AbortController().signal };

describe('k-means', () => {
  it.each([
    { rowCount: 300, featureCount: 24, segmentCount: 2 },
    { rowCount: 1000, featureCount: 30, segmentCount: 4 },
    { rowCount: 6000, featureCount: 40, segmentCount: 6 },
  ])('finds planted segments again: %j', async (shape) => {
    const { rows, segments } = plantSegments({ ...shape, seed: 5 });
    const { components, segmentSizes } = await trainKMeans(
      rowsOf(rows),
      { segments: shape.segmentCount, seed: 1 },
      quietly,
    );
    const file = encodeModel({ graph: centroidGraph(components), metadata: {} });
    const scores = await scorePlainly(file, rows);
    // Of so few features some rows lose most to the flips: even the planted centroids tell only so many apart.
    const planted = await scorePlainly(
      encodeModel({ graph: centroidGraph(meansBySegment(rows, segments, shape.segmentCount)), metadata: {} }),
      rows,
    );
    expect(adjustedRandIndex(scores.segments, planted.segments)).toBeGreaterThanOrEqual(0.99);
    expect(segmentSizes).toEqual(components.map((_, s) => scores.segments.filter((v) => v === s).length));
  });

  it('tells error, means and sizes of all rows', async () => {
    const rows = [...Array(6000).fill([1, 0, 0]), ...Array(2000).fill([0, 2, 2]), [0, 2, 4], [0, 0, 0]];
    const result = await trainKMeans(rowsOf(rows), { segments: 2, seed: 3 }, quietly);
    const order = [...result.components.keys()].sort(
      (a, b) => (result.components[b]?.[0] as number) - (result.components[a]?.[0] as number),
    );
    const mean = 2 + 2 / 2001;
    expect(order.map((s) => result.segmentSizes[s])).toEqual([6000, 2001]);
    expect(result.components[order[0] as number]).toEqual([1, 0, 0]);
    expect(result.components[order[1] as number]).toEqual([0, 2, expect.closeTo(mean, 10)]);
    expect(result.reconstructionError).toBeCloseTo(Math.sqrt(2000 * (mean - 2) ** 2 + (4 - mean) ** 2), 10);
    expect(result.featureMeans).toEqual([6000, 4002, 4004].map((sum) => sum / 8002));
  });

  it('gives the same for the same seed, however the rows come', async () => {
    const { rows } = plantSegments({
      rowCount: 5000,
      featureCount: 20,
      segmentCount: 5,
      seed: 9,
      noise: 0.3,
    });
    const options = { segments: 5, seed: 11, starts: 2 };
    const first = await trainKMeans(rowsOf(rows, 700), options, quietly);
    expect(await trainKMeans(rowsOf(rows, 1999), options, quietly)).toEqual(first);
  });

  it('reports its progress', async () => {
    const { rows } = plantSegments({ rowCount: 200, featureCount: 10, segmentCount: 3, seed: 2 });
    const reports: [number, string][] = [];
    await trainKMeans(
      rowsOf(rows),
      { segments: 3, seed: 1 },
      { ...quietly, report: (progress, message) => reports.push([progress, message]) },
    );
    expect(reports[2]).toEqual([0.1, 'start 3 of 10']);
    expect(reports.at(-1)?.[1]).toMatch(/^sweep \d+, error \d+\.\d{3}$/);
    const progress = reports.map(([value]) => value);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
  });

  it('stops when it is told to', async () => {
    const { rows } = plantSegments({ rowCount: 200, featureCount: 10, segmentCount: 3, seed: 2 });
    const controller = new AbortController();
    const training = trainKMeans(
      rowsOf(rows),
      { segments: 3, seed: 1 },
      {
        report: (_, message) => message === 'start 4 of 10' && controller.abort(),
        signal: controller.signal,
      },
    );
    await expect(training).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('refuses more segments than there are different rows', async () => {
    const rows = rowsOf([
      [1, 0],
      [1, 0],
      [0, 1],
      [0, 0],
    ]);
    await expect(trainKMeans(rows, { segments: 3, seed: 1 }, quietly)).rejects.toMatchObject({
      message: 'segments: 3 are too many for data with fewer different rows that are not empty.',
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });
});

function meansBySegment(rows: readonly number[][], segments: readonly number[], k: number): number[][] {
  return Array.from({ length: k }, (_, s) => {
    const own = rows.filter((_, i) => segments[i] === s);
    return (own[0] as number[]).map(
      (_, f) => own.reduce((sum, row) => sum + (row[f] as number), 0) / own.length,
    );
  });
}
