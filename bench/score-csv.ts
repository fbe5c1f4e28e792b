/** Scores a CSV file whenever it is asked to: a child process of `score`. */
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { scoreFile } from '../src/datasets/scoring/score-file';
import { LocalScorer } from '../src/inference/local-scorer';
import { readManifest } from '../src/models/read-manifest';
import { latencyOf, type Measured } from './measured';

const MODEL = 'model/nomads.onnx';
const CHUNK = 4_096;
const NEVER = new AbortController().signal;

export interface ScoreTask {
  readonly input: string;
  readonly output: string;
  /** For what is needed on the way. */
  readonly folder: string;
  readonly rows: number;
}

type ScoreCsv = (task: ScoreTask) => Promise<void>;

const SCORERS = {
  async 'tertulia score'(): Promise<ScoreCsv> {
    const [manifest, scorer] = await Promise.all([readManifest(MODEL), LocalScorer.open(MODEL)]);
    return async ({ input, output, folder }) => {
      const file = createWriteStream(output);
      await scoreFile({ input, output: file, manifest, scorer, folder }, { report: () => {}, signal: NEVER });
      await finished(file.end());
    };
  },
  async 'a script'(): Promise<ScoreCsv> {
    const session = await InferenceSession.create(MODEL);
    return async ({ input, output }) => {
      const file = createWriteStream(output);
      let lines: string[] = [];
      const flush = async () => {
        const rows = lines.map((line) => line.split(',').map(Number));
        const interests = new Tensor('float32', rows.flat(), [rows.length, 26]);
        const { affinities, segment } = await session.run({ interests });
        const [weights, numbers] = [affinities?.data as Float32Array, segment?.data as BigInt64Array];
        const scored = lines.map(
          (line, i) => `${line},${Number(numbers[i]) + 1},${weights.subarray(i * 4, i * 4 + 4).join(',')}\n`,
        );
        lines = [];
        if (!file.write(scored.join(''))) await once(file, 'drain');
      };
      let isHeader = true;
      for await (const line of createInterface({ input: createReadStream(input) })) {
        if (!isHeader) lines.push(line);
        isHeader = false;
        if (lines.length === CHUNK) await flush();
      }
      await flush();
      await finished(file.end());
    };
  },
};
export type CsvScorerName = keyof typeof SCORERS;

async function main(name: CsvScorerName): Promise<void> {
  const score = await SCORERS[name]();
  process.on('message', async (task: ScoreTask) => {
    const begun = performance.now();
    await score(task);
    const time = performance.now() - begun;
    process.send?.({
      units: task.rows,
      seconds: time / 1000,
      latency: latencyOf([time]),
      failures: 0,
    } satisfies Measured);
  });
}

void main(process.argv[2] as CsvScorerName);
