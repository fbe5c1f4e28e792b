import { CoalescingScorer } from '../../inference/coalescing-scorer';
import { LocalScorer } from '../../inference/local-scorer';
import { OnDemandScorer } from '../../inference/on-demand-scorer';
import type { Metrics } from '../../metrics';
import type { SegmentationManifest } from '../../onnx/manifest';
import { encodeSegmentationModel } from '../../onnx/segmentation-model';
import { Explainer } from '../../segmentation/explanation/explainer';

/** A model version ready to answer: what it is, how it scores, how it explains. */
export interface ServingModel {
  readonly id: string;
  readonly version: number;
  /** With the labels that its segments have now. */
  readonly manifest: SegmentationManifest;
  /** The data set that it was trained with here; null: none. */
  readonly datasetId: string | null;
  /** Scores many rows, and keeps the model in memory while it is held. */
  readonly session: OnDemandScorer;
  /** Scores single rows, those of one turn of the event loop together. */
  readonly scorer: CoalescingScorer;
  readonly explainer: Explainer;
}

/** What is known of a model version before it serves. */
export type ModelDescription = Pick<ServingModel, 'id' | 'version' | 'manifest' | 'datasetId'>;

/**
 * Makes a version ready to answer; it takes memory once it is used.
 *
 * @param file the model's file; null: made from the manifest, as it always is the same.
 */
export function servingModel(
  description: ModelDescription,
  metrics: Metrics,
  file: string | null = null,
): ServingModel {
  const { manifest } = description;
  const session = new OnDemandScorer(
    () => LocalScorer.open(file ?? encodeSegmentationModel(manifest)),
    manifest.features.length,
    manifest.segments.length,
  );
  return {
    ...description,
    session,
    scorer: new CoalescingScorer(session, metrics),
    explainer: new Explainer(manifest.components, manifest.algorithm),
  };
}
