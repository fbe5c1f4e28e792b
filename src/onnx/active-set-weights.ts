import { activeSets } from './active-sets';
import type { GraphBuilder } from './graph-builder';
import { ELEMENT_TYPES } from './model';

/** Components closer than this to being dependent (squared distance, 0..1) are computed in float64. */
const NEARLY_DEPENDENT = 1e-3;

/**
 * The weights of unit components, float32 [n, k], by trying every active set at once: one matrix
 * product gives what each set says about each row, and the set whose smallest value is largest wins.
 *
 * The right set has no negative value. Comparing the objective w·(Hx) among the feasible sets
 * instead would find the same in exact arithmetic, but near the optimum it is flat: float32 sees two
 * solutions 3e-4 apart as equally good. The values themselves are linear in the error.
 */
export function activeSetWeights(
  graph: GraphBuilder,
  interests: string,
  components: readonly Float64Array[],
): string {
  const { sets, smallestPivot } = activeSets(components);
  const k = components.length;
  const d = components[0]?.length ?? 0;
  const precision = smallestPivot < NEARLY_DEPENDENT ? 'double' : 'float';

  const matrix = Float64Array.from(sets.flatMap((set) => set.values.flatMap((row) => [...row])));
  const active = sets.flatMap((set) => set.active.map(Number));
  const x =
    precision === 'double' ? graph.node('Cast', [interests], { to: ELEMENT_TYPES.double }) : interests;
  const products = graph.node('Gemm', [x, graph.constant(precision, [sets.length * k, d], matrix)], {
    transB: 1,
  });
  const values = graph.node('Reshape', [products, graph.constant('int64', [3], [-1, sets.length, k])]);
  const smallest = graph.node('ReduceMin', [values], { axes: [2], keepdims: 0 });
  const chosen = graph.node('ArgMax', [smallest], { axis: 1, keepdims: 1 });
  const chosenValues = graph.node('GatherND', [values, chosen], { batch_dims: 1 });
  const chosenActive = graph.node('GatherND', [graph.constant(precision, [sets.length, k], active), chosen]);
  const weights = graph.node('Mul', [graph.node('Relu', [chosenValues]), chosenActive]);
  return precision === 'double' ? graph.node('Cast', [weights], { to: ELEMENT_TYPES.float }) : weights;
}
