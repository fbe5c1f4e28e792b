import { readFile } from 'node:fs/promises';
import type { SegmentationManifest } from '../onnx/manifest';
import { manifestOf } from '../onnx/segmentation-model';

/**
 * The manifest inside a model file.
 *
 * @throws Error when the file cannot be read, or carries no right manifest.
 */
export async function readManifest(file: string): Promise<SegmentationManifest> {
  return manifestOf(await readFile(file), file);
}
