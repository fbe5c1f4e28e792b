import { centroidGraph } from './centroid-graph';
import { encodeModel } from './encode-model';
import { parseManifest, type SegmentationManifest } from './manifest';
import { nnlsGraph } from './nnls-graph';
import { readMetadata } from './read-metadata';

const MANIFEST = 'tertulia.manifest';

/** The `.onnx` file of a segmentation model, its manifest inside. The same manifest gives the same bytes. */
export function encodeSegmentationModel(manifest: SegmentationManifest): Uint8Array {
  const { algorithm, components } = manifest;
  return encodeModel({
    graph: algorithm === 'KMEANS' ? centroidGraph(components) : nnlsGraph(components),
    metadata: { [MANIFEST]: JSON.stringify(manifest) },
  });
}

/**
 * The manifest inside an `.onnx` file.
 *
 * @param source the file's name, for the message.
 * @throws Error when the file carries none, or a wrong one.
 */
export function manifestOf(file: Uint8Array, source: string): SegmentationManifest {
  const manifest = readMetadata(file).get(MANIFEST);
  if (manifest === undefined) throw new Error(`${source} carries no manifest (metadata "${MANIFEST}")`);
  return parseManifest(manifest, source);
}
