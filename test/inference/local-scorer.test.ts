import { LocalScorer } from '../../src/inference/local-scorer';
import { defaultModelFile } from '../../src/models/shipped/default-model';
import { encodeModel } from '../../src/onnx/encode-model';
import { GraphBuilder } from '../../src/onnx/graph-builder';
import { nnlsGraph } from '../../src/onnx/nnls-graph';
import { scorerContract } from './scorer-contract';

scorerContract('LocalScorer', () => LocalScorer.open(defaultModelFile));

describe('LocalScorer', () => {
  it('opens a model from its bytes', async () => {
    const scorer = await LocalScorer.open(
      encodeModel({
        graph: nnlsGraph([
          [1, 0],
          [0, 2],
        ]),
        metadata: {},
      }),
    );
    expect(await scorer.score(Float32Array.of(1, 4))).toEqual({
      affinities: Float32Array.of(1, 2),
      segments: Int32Array.of(1),
    });
    await scorer.close();
  });

  it.each([
    ['a file that is not there', '/nowhere/model.onnx'],
    ['bytes that are no model', Uint8Array.of(1, 2, 3)],
  ])('refuses %s', async (_, model) => {
    await expect(LocalScorer.open(model)).rejects.toMatchObject({
      extensions: { code: 'MODEL_UNAVAILABLE' },
    });
  });

  it('refuses a model of another kind', async () => {
    const graph = new GraphBuilder('other');
    graph.output(graph.node('Relu', [graph.input('x', 'float', ['n', 2])], {}, 'y'), 'float', ['n', 2]);
    await expect(LocalScorer.open(encodeModel({ graph: graph.build(), metadata: {} }))).rejects.toMatchObject(
      {
        message: 'The model has no input interests [n, d] and outputs affinities [n, k] and segment [n]',
        extensions: { code: 'MODEL_UNAVAILABLE' },
      },
    );
  });
});
