import { centroidGraph } from '../../src/onnx/centroid-graph';
import { encodeModel } from '../../src/onnx/encode-model';
import { nnlsGraph } from '../../src/onnx/nnls-graph';
import { SEGMENTERS } from '../../src/segmentation/segmenter';
import { scorePlainly } from '../onnx/plain-onnx';
import { adjustedRandIndex } from './adjusted-rand-index';
import { plantSegments } from './planted';
import { rowsOf } from './rows-of';

const quietly = { report: () => {}, signal: new AbortController().signal };
const GRAPHS = { NMF: nnlsGraph, KMEANS: centroidGraph };

describe.each(['NMF', 'KMEANS'] as const)('planted segments, every tenth cell wrong, %s', (algorithm) => {
  it.each([
    { segmentCount: 2, rowCount: 300, featureCount: 30 },
    { segmentCount: 3, rowCount: 1000, featureCount: 36 },
    { segmentCount: 4, rowCount: 2000, featureCount: 60 },
    { segmentCount: 8, rowCount: 1500, featureCount: 120 },
  ])('are found again: %j', async (shape) => {
    const { rows, segments } = plantSegments({ ...shape, seed: 6 });
    const { train, fitRows } = SEGMENTERS[algorithm];
    const trained = await train(rowsOf(rows), { segments: shape.segmentCount, seed: 1 }, quietly);
    const file = encodeModel({ graph: GRAPHS[algorithm](trained.components), metadata: {} });
    const scores = await scorePlainly(file, rows);
    expect(adjustedRandIndex(scores.segments, segments)).toBeGreaterThanOrEqual(0.99);

    const model = fitRows(trained.components, [...Array(shape.featureCount).keys()]);
    const flat = Float32Array.from(rows.flat());
    const fitted = rows.map((_, row) => {
      model.fit(flat, row * shape.featureCount);
      return model.segment;
    });
    expect(adjustedRandIndex(fitted, scores.segments)).toBeGreaterThan(0.999);
  });
});
