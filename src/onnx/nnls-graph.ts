import { activeSetWeights } from './active-set-weights';
import { GraphBuilder } from './graph-builder';
import { iteratedWeights } from './iterated-weights';
import type { Graph } from './model';

/** With more segments the 2^k active sets no longer fit a matrix of sensible size. */
const MOST_ENUMERATED = 8;

/**
 * Non-negative least squares as an ONNX graph of standard operators: min‖x − wH‖₂ over w ≥ 0 for
 * every row x.
 *
 * - input `interests`: float32 [n, d]
 * - output `affinities`: float32 [n, k], the weights w
 * - output `segment`: int64 [n], the largest affinity's index from 0, the lowest one of a tie, and −1
 *   where no affinity is positive: for an all-zero row, and for a row all of whose interests have
 *   weight zero in every segment.
 *
 * Up to 8 segments the solution is exact; beyond, it is iterated to a KKT residual of 1e-5 of the
 * row's largest gradient. A component of zeros never gets weight.
 *
 * @param components H, k × d, finite and non-negative.
 */
export function nnlsGraph(components: readonly (readonly number[])[]): Graph {
  const k = components.length;
  const d = components[0]?.length ?? 0;
  const lengths = components.map((row) => Math.hypot(...row) || 1);
  const unitComponents = components.map((row, s) =>
    Float64Array.from(row, (v) => v / (lengths[s] as number)),
  );

  const graph = new GraphBuilder('nnls');
  const interests = graph.input('interests', 'float', ['n', d]);
  const weights =
    k <= MOST_ENUMERATED
      ? activeSetWeights(graph, interests, unitComponents)
      : iteratedWeights(graph, interests, unitComponents);
  const perLength = graph.constant(
    'float',
    [k],
    lengths.map((length) => 1 / length),
  );
  const affinities = graph.node('Mul', [weights, perLength], {}, 'affinities');
  graph.output(affinities, 'float', ['n', k]);
  graph.output(strongestSegment(graph, affinities), 'int64', ['n']);
  return graph.build();
}

function strongestSegment(graph: GraphBuilder, affinities: string): string {
  const largest = graph.node('ReduceMax', [affinities], { axes: [1], keepdims: 0 });
  const index = graph.node('ArgMax', [affinities], { axis: 1, keepdims: 0 });
  const isPositive = graph.node('Greater', [largest, graph.constant('float', [], [0])]);
  return graph.node('Where', [isPositive, index, graph.constant('int64', [], [-1])], {}, 'segment');
}
