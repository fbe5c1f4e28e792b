import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ingestFile } from '../datasets/ingest/ingest-task';
import type { DeclaredEncoding } from '../datasets/table/column';
import { runTask } from '../jobs/run-task';
import { trainModel } from '../models/training/train-task';
import type { SegmentationManifest } from '../onnx/manifest';
import { encodeSegmentationModel } from '../onnx/segmentation-model';
import { describeModel } from './describe-model';
import { openModel } from './open-model';
import { showProgress } from './progress';
import { inputFile } from './read-input';
import { inWorkplace, type Workplace } from './workplace';
import { checkOutput, replaceFile } from './write-output';

export interface TrainOptions {
  readonly segments?: number;
  readonly range?: readonly [number, number];
  readonly algorithm: 'nmf' | 'kmeans';
  readonly seed: number;
  readonly name?: string;
  readonly encoding: readonly DeclaredEncoding[];
  readonly champion?: string;
  readonly output?: string;
}

/** Of the whole time, roughly, that reading takes. */
const READ = 0.2;

/** `tertulia train`. */
export async function train(file: string, options: TrainOptions): Promise<void> {
  const champion = options.champion === undefined ? null : (await openModel(options.champion)).manifest;
  const name = options.name ?? champion?.name ?? nameOf(file);
  const output = options.output ?? `${name}.onnx`;
  await checkOutput(output);
  const manifest = await inWorkplace((workplace) => trainOn(file, { ...options, name, champion }, workplace));
  const beside = `${output.replace(/\.onnx$/, '')}.json`;
  await replaceFile(output, (part) => writeFile(part, encodeSegmentationModel(manifest)));
  await replaceFile(beside, (part) => writeFile(part, `${JSON.stringify(manifest, null, 2)}\n`));
  process.stdout.write(describeModel(manifest));
  process.stderr.write(`Wrote ${output} and ${beside}\n`);
}

async function trainOn(
  file: string,
  options: Omit<TrainOptions, 'champion'> &
    Pick<SegmentationManifest, 'name'> & { readonly champion: SegmentationManifest | null },
  workplace: Workplace,
): Promise<SegmentationManifest> {
  const { champion, name } = options;
  const source = await inputFile(file, workplace);
  const parquet = join(workplace.folder, 'rows.parquet');
  const { signal } = workplace;
  const progress = showProgress();
  try {
    const { columns } = await runTask(
      ingestFile,
      { source, target: parquet, maxRows: Number.MAX_SAFE_INTEGER },
      { signal, report: (share, message) => progress.report(READ * share, message) },
    );
    const { manifest } = await runTask(
      trainModel,
      {
        parquet,
        columns,
        declared: options.encoding,
        name,
        algorithm: options.algorithm === 'kmeans' ? 'KMEANS' : 'NMF',
        segments: options.segments ?? null,
        segmentRange: options.range ?? null,
        seed: options.seed,
        datasetHash: await sha256(source),
        champion,
        takenKeys: champion?.segments.map(({ key }) => key) ?? [],
        createdAt: new Date().toISOString(),
      },
      { signal, report: (share, message) => progress.report(READ + (1 - READ) * share, message) },
    );
    return manifest;
  } finally {
    progress.stop();
  }
}

function nameOf(file: string): string {
  return file === '-' ? 'model' : basename(file, extname(file));
}

/** In hexadecimal, as data sets are told apart. */
async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
