import { join } from 'node:path';
import { packageRoot } from '../../package-root';

/** Where the model that the gateway ships lies, as a model file, as a manifest and as a picture. */
export const defaultModelFolder = join(packageRoot, 'model');

/** The shipped model: serve it with `LocalScorer.open`, describe it with `readManifest`. */
export const defaultModelFile = join(defaultModelFolder, 'nomads.onnx');
