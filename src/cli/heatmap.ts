import { heatmapSvg } from '../models/heatmap/heatmap-svg';
import type { Locale } from '../onnx/manifest';
import { openModel } from './open-model';
import { writeOutput } from './write-output';

export interface HeatmapOptions {
  readonly output: string;
  readonly locale: Locale;
}

/** `tertulia heatmap`. */
export async function heatmap(file: string | undefined, { output, locale }: HeatmapOptions): Promise<void> {
  const { manifest } = await openModel(file);
  await writeOutput(output, heatmapSvg(manifest, { locale }));
  if (output !== '-') process.stderr.write(`Wrote ${output}\n`);
}
