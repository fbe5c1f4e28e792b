import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeSegmentationModel } from '../../onnx/segmentation-model';
import { heatmapSvg } from '../heatmap/heatmap-svg';
import { defaultModelFolder } from './default-model';
import { nomadsManifest, type PublishedModel } from './nomads-manifest';

/** Makes the shipped model's files from the published components: the same bytes every time. */
export async function makeDefaultModel(): Promise<Record<string, Uint8Array>> {
  const json = await readFile(join(defaultModelFolder, 'published-components.json'), 'utf8');
  const manifest = nomadsManifest(JSON.parse(json) as PublishedModel);
  return {
    'nomads.onnx': encodeSegmentationModel(manifest),
    'nomads.json': Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`),
    'nomads.svg': Buffer.from(heatmapSvg(manifest, { locale: 'en' })),
  };
}

async function main(): Promise<void> {
  for (const [name, bytes] of Object.entries(await makeDefaultModel())) {
    await writeFile(join(defaultModelFolder, name), bytes);
  }
}

if (require.main === module) void main();
