/** Scores a million rows whenever it is asked to: a child process of `bulk`. */
import { readFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { LocalScorer } from '../../src/inference/local-scorer';
import { latencyOf, type Measured } from '../measured';
import { nonNegativeLeastSquares } from './coordinate-descent';

const MODEL = 'model/nomads.onnx';
const ROWS = 1_000_000;
const FEATURES = 26;
const CHUNK = 4_096;
const THREADS = 2;
export interface Scored extends Measured {
  /** Over all rows and segments: the same for all who solve the same problem. */
  readonly meanAffinity: number;
}

/** Affinities of a chunk of rows. */
type Score = (rows: Float32Array) => Promise<Float32Array>;

const SCORERS = {
  async 'local-scorer'(): Promise<Score> {
    const scorer = await LocalScorer.open(MODEL, THREADS);
    return async (rows) => (await scorer.score(rows)).affinities;
  },
  async onnxruntime(): Promise<Score> {
    const session = await InferenceSession.create(MODEL, { intraOpNumThreads: THREADS });
    return async (rows) => {
      const interests = new Tensor('float32', rows, [rows.length / FEATURES, FEATURES]);
      return (await session.run({ interests }))['affinities']?.data as Float32Array;
    };
  },
  async javascript(): Promise<Score> {
    const { components } = JSON.parse(readFileSync('model/nomads.json', 'utf8'));
    const solve = nonNegativeLeastSquares(components);
    return async (rows) => solve(rows);
  },
};
export type ScorerName = keyof typeof SCORERS;

async function main(name: ScorerName): Promise<void> {
  const score = await SCORERS[name]();
  const rows = madeUpRows();
  process.on('message', async () => process.send?.(await scoreAll(score, rows)));
}

async function scoreAll(score: Score, rows: Float32Array): Promise<Scored> {
  const times: number[] = [];
  let sum = 0;
  let count = 0;
  for (let start = 0; start < rows.length; start += CHUNK * FEATURES) {
    const begun = performance.now();
    const affinities = await score(rows.subarray(start, start + CHUNK * FEATURES));
    times.push(performance.now() - begun);
    for (const affinity of affinities) sum += affinity;
    count += affinities.length;
  }
  const seconds = times.reduce((total, time) => total + time, 0) / 1000;
  return { units: ROWS, seconds, latency: latencyOf(times), failures: 0, meanAffinity: sum / count };
}

/** Every interest with probability 0.4, the same rows in every process (Numerical Recipes' generator). */
function madeUpRows(): Float32Array {
  let state = 1;
  return Float32Array.from({ length: ROWS * FEATURES }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state < 0.4 * 2 ** 32 ? 1 : 0;
  });
}

void main(process.argv[2] as ScorerName);
