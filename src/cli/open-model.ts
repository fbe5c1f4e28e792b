import { ClientError } from '../errors';
import { readManifest } from '../models/read-manifest';
import { defaultModelFile } from '../models/shipped/default-model';
import type { SegmentationManifest } from '../onnx/manifest';

export interface OpenModel {
  readonly file: string;
  readonly manifest: SegmentationManifest;
}

/**
 * A model file and what it says of itself.
 *
 * @param file unless said, the shipped model.
 * @throws ClientError BAD_USER_INPUT when it is no model of ours, or an error of the system when it cannot be read.
 */
export async function openModel(file = defaultModelFile): Promise<OpenModel> {
  try {
    return { file, manifest: await readManifest(file) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new ClientError('BAD_USER_INPUT', `There is no file ${file}`);
    if (code !== undefined) throw error;
    throw new ClientError('BAD_USER_INPUT', `${file} is no model of Tertulia: ${message}`);
  }
}
