import type { CoalescingScorer } from '../inference/coalescing-scorer';
import type { SegmentationManifest } from '../onnx/manifest';
import type { Explainer } from '../segmentation/explainer';

/** A model version ready to answer: what it is, how it scores, how it explains. */
export interface ServingModel {
  readonly id: string;
  readonly version: number;
  /** Movable names that point at this version now: champion, challenger. */
  readonly aliases: readonly string[];
  readonly manifest: SegmentationManifest;
  readonly scorer: CoalescingScorer;
  readonly explainer: Explainer;
}
