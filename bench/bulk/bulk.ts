import { Child } from '../child';
import { compare, print } from '../compare';
import type { Scored, ScorerName } from './score-rows';

const CONTENDERS: ReadonlyMap<string, ScorerName> = new Map([
  ['LocalScorer', 'local-scorer'],
  ['onnxruntime', 'onnxruntime'],
  ['plain JS', 'javascript'],
]);

/** (c) One million rows, in chunks, against the same with ONNX Runtime alone and in plain JavaScript. */
export async function measureBulk(): Promise<void> {
  print('\n(c) 1,000,000 rows in chunks of 4,096, whose times are the latencies; ONNX Runtime on 2 threads');
  const contenders = [...CONTENDERS].map(([name, scorer]) => {
    const child = new Child([require.resolve('./score-rows'), scorer]);
    return { name, child, load: () => child.ask<Scored>({}) };
  });
  await compare('row', contenders);
  const means = await Promise.all(contenders.map(async ({ load }) => (await load()).meanAffinity));
  const apart = Math.max(...means) - Math.min(...means);
  if (!(apart < 1e-5)) throw new Error(`The solvers differ: mean affinities ${means.join(', ')}`);
  print(
    `  mean affinities agree within ${apart.toExponential(0)}; peak memory holds the rows themselves, 104 MB`,
  );
  await Promise.all(contenders.map(({ child }) => child.stop()));
}
