import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { type ScoredFile, scoreFile } from '../datasets/scoring/score-file';
import { LocalScorer } from '../inference/local-scorer';
import { inLocale, type SegmentationManifest } from '../onnx/manifest';
import { openModel } from './open-model';
import { showProgress } from './progress';
import { inputFile } from './read-input';
import { inWorkplace } from './workplace';
import { replaceFile } from './write-output';

export interface ScoreOptions {
  readonly output: string;
  readonly model?: string;
}

/** `tertulia score`. */
export async function score(file: string, { output, model }: ScoreOptions): Promise<void> {
  const begun = performance.now();
  const { file: modelFile, manifest } = await openModel(model);
  const scored = await inWorkplace(async (workplace) => {
    const input = await inputFile(file, workplace);
    // One thread: DuckDB has the other one busy, and two that wait for each other are slower.
    const scorer = await LocalScorer.open(modelFile);
    const progress = showProgress();
    const scoreTo = (stream: Writable) => {
      stream.on('error', () => {}); // the write that failed says so itself
      return scoreFile(
        { input, output: stream, manifest, scorer, folder: workplace.folder },
        { report: progress.report, signal: workplace.signal },
      );
    };
    try {
      if (output === '-') return await scoreTo(process.stdout);
      return await replaceFile(output, async (part) => {
        const stream = createWriteStream(part);
        const written = await scoreTo(stream);
        await finished(stream.end());
        return written;
      });
    } finally {
      progress.stop();
      await scorer.close();
    }
  });
  process.stderr.write(summary(scored, manifest, (performance.now() - begun) / 1000));
}

function summary(
  { rows, segmentSizes, lobby }: ScoredFile,
  { segments }: SegmentationManifest,
  seconds: number,
): string {
  const counts = segments.map(
    ({ number, label }, s) => `  ${number} ${inLocale(label, 'en')}: ${segmentSizes[s]}`,
  );
  if (lobby > 0) counts.push(`  none: ${lobby}`);
  return `Scored ${rows} rows in ${seconds.toFixed(1)} s\n${counts.join('\n')}\n`;
}
