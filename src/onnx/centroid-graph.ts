import { GraphBuilder } from './graph-builder';
import { ELEMENT_TYPES, type Graph } from './model';

/** Of the squared lengths of row and centroid: smaller squared distances are rounding, and count as this. */
const ROUNDING = 1e-12;

/**
 * Nearest centroids as an ONNX graph of standard operators, with the inputs and outputs of `nnlsGraph`.
 *
 * - input `interests`: float32 [n, d]
 * - output `affinities`: float32 [n, k], from 0 to 1. The nearest centroid has the largest: they are
 *   the memberships of fuzzy c-means with exponent 2, inverse squared distances over their sum. So they
 *   add up to one, and change smoothly with the row and not at all with the features' unit. A row on a
 *   centroid has 1 there; a row of zeros has no affinity.
 * - output `segment`: int64 [n], the largest affinity's index from 0, the lowest one of a tie, and −1
 *   for a row of zeros.
 *
 * Distances are computed in float64, as ‖x‖² − 2xc + ‖c‖²: one matrix product, whose cancellation float32 would show.
 *
 * Source: Bezdek, Pattern Recognition with Fuzzy Objective Function Algorithms, 1981, chapter 3.
 *
 * @param centroids k × d, finite and non-negative.
 */
export function centroidGraph(centroids: readonly (readonly number[])[]): Graph {
  const k = centroids.length;
  const d = centroids[0]?.length ?? 0;
  const graph = new GraphBuilder('centroids');
  const interests = graph.input('interests', 'float', ['n', d]);
  const x = graph.node('Cast', [interests], { to: ELEMENT_TYPES.double });
  const columns = graph.constant('int64', [1], [1]);
  const lengths = graph.node('ReduceSum', [graph.node('Mul', [x, x]), columns], { keepdims: 1 });
  const nearness = inverseDistances(graph, x, lengths, centroids);
  const sum = graph.node('ReduceSum', [nearness, columns], { keepdims: 1 });
  const memberships = graph.node('Div', [nearness, sum]);

  const isEmpty = graph.node('Equal', [lengths, graph.constant('double', [], [0])]);
  const known = graph.node('Where', [isEmpty, graph.constant('double', [], [0]), memberships]);
  const affinities = graph.node('Cast', [known], { to: ELEMENT_TYPES.float }, 'affinities');
  graph.output(affinities, 'float', ['n', k]);
  const index = graph.node('ArgMax', [affinities], { axis: 1, keepdims: 1 });
  const segments = graph.node('Where', [isEmpty, graph.constant('int64', [], [-1]), index]);
  graph.output(graph.node('Squeeze', [segments, columns], {}, 'segment'), 'int64', ['n']);
  return graph.build();
}

/** The smallest squared distance over each squared distance, [n, k]: 1 for the nearest centroid. */
function inverseDistances(
  graph: GraphBuilder,
  x: string,
  lengths: string,
  centroids: readonly (readonly number[])[],
): string {
  const k = centroids.length;
  const matrix = graph.constant('double', [k, centroids[0]?.length ?? 0], centroids.flat());
  const squares = centroids.map((row) => row.reduce((sum, value) => sum + value * value, 0));
  const both = graph.node('Add', [lengths, graph.constant('double', [k], squares)]);
  const products = graph.node('Gemm', [x, matrix], { transB: 1 });
  const distances = graph.node('Sub', [both, graph.node('Add', [products, products])]);
  const rounding = graph.node('Mul', [both, graph.constant('double', [], [ROUNDING])]);
  const atLeast = graph.node('Max', [distances, rounding]);
  return graph.node('Div', [graph.node('ReduceMin', [atLeast], { axes: [1], keepdims: 1 }), atLeast]);
}
