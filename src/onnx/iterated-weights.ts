import { GraphBuilder } from './graph-builder';
import { ELEMENT_TYPES, type Graph } from './model';

/** A step this small leaves a KKT residual of at most twice it. The rows are scaled to a largest gradient of one. */
const SMALL_STEP = 1e-6;
const MOST_STEPS = 20_000;

/**
 * The weights of unit components, float32 [n, k], by accelerated projected gradient steps on
 * ½wGwᵀ − wb, G = HHᵀ, b = Hx, in float64. A row whose momentum points uphill starts it afresh.
 *
 * Sources: Beck, Teboulle, A Fast Iterative Shrinkage-Thresholding Algorithm, 2009;
 * O'Donoghue, Candès, Adaptive Restart for Accelerated Gradient Schemes, 2015 (the gradient scheme).
 */
export function iteratedWeights(
  graph: GraphBuilder,
  interests: string,
  components: readonly Float64Array[],
): string {
  const k = components.length;
  const d = components[0]?.length ?? 0;
  const gram = components.flatMap((a) =>
    components.map((b) => a.reduce((sum, v, i) => sum + v * (b[i] as number), 0)),
  );
  const x = graph.node('Cast', [interests], { to: ELEMENT_TYPES.double });
  const matrix = graph.constant(
    'double',
    [k, d],
    components.flatMap((row) => [...row]),
  );
  const gradients = graph.node('Gemm', [x, matrix], { transB: 1 });
  const size = graph.node('ReduceMax', [graph.node('Abs', [gradients])], { axes: [1], keepdims: 1 });
  const scale = graph.node('Max', [size, graph.constant('double', [], [1e-300])]);
  const b = graph.node('Div', [gradients, scale]);

  const zeros = graph.node('Sub', [b, b]);
  const ones = graph.node('Div', [scale, scale]);
  const body = acceleratedStep(k, gram, b);
  const [weights] = graph.loop(MOST_STEPS, body, [zeros, zeros, ones]);
  return graph.node('Cast', [graph.node('Mul', [weights as string, scale])], { to: ELEMENT_TYPES.float });
}

/** One step of all rows: state w, the point the step is taken from, and the momentum t; done when every step is small. */
function acceleratedStep(k: number, gram: readonly number[], b: string): Graph {
  const body = new GraphBuilder('step');
  const scalar = (value: number) => body.constant('double', [], [value]);
  body.input('step_number', 'int64', []);
  body.input('step_wanted', 'bool', []);
  const w = body.input('step_w', 'double', ['n', k]);
  const point = body.input('step_point', 'double', ['n', k]);
  const t = body.input('step_t', 'double', ['n', 1]);

  // The largest row sum bounds G's largest eigenvalue; 1 when all components are zero.
  const rowSums = Array.from({ length: k }, (_, i) => gram.slice(i * k, (i + 1) * k).reduce((a, v) => a + v));
  const curvature = Math.max(...rowSums) || 1;
  const gradient = body.node('Sub', [body.node('MatMul', [point, body.constant('double', [k, k], gram)]), b]);
  const stepped = body.node('Sub', [point, body.node('Mul', [gradient, scalar(1 / curvature)])]);
  const nextW = body.node('Relu', [stepped]);
  const back = body.node('Sub', [point, nextW]);
  const forth = body.node('Sub', [nextW, w]);

  const uphill = body.node('Greater', [
    body.node('ReduceSum', [body.node('Mul', [back, forth]), body.constant('int64', [1], [1])], {
      keepdims: 1,
    }),
    scalar(0),
  ]);
  const freshT = body.node('Where', [uphill, scalar(1), t]);
  const root = body.node('Sqrt', [
    body.node('Add', [body.node('Mul', [body.node('Mul', [freshT, freshT]), scalar(4)]), scalar(1)]),
  ]);
  const nextT = body.node('Mul', [body.node('Add', [root, scalar(1)]), scalar(0.5)]);
  const momentum = body.node('Div', [body.node('Sub', [freshT, scalar(1)]), nextT]);
  const nextPoint = body.node('Add', [nextW, body.node('Mul', [momentum, forth])]);

  const largestStep = body.node('ReduceMax', [body.node('Abs', [back])], { keepdims: 0 });
  const unfinished = body.node('Greater', [largestStep, scalar(SMALL_STEP / curvature)]);
  body.output(unfinished, 'bool', []);
  body.output(nextW, 'double', ['n', k]);
  body.output(nextPoint, 'double', ['n', k]);
  body.output(nextT, 'double', ['n', 1]);
  return body.build();
}
