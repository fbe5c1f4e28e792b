import { CoalescingScorer } from '../inference/coalescing-scorer';
import { LocalScorer } from '../inference/local-scorer';
import type { Metrics } from '../metrics';
import { Explainer } from '../segmentation/explainer';
import { defaultModelFile } from './default-model';
import { readManifest } from './read-manifest';
import type { ServingModel } from './serving-model';

/** The models that serve. */
export class ModelRegistry {
  readonly #shipped: ServingModel;
  readonly #scorer: LocalScorer;

  private constructor(shipped: ServingModel, scorer: LocalScorer) {
    this.#shipped = shipped;
    this.#scorer = scorer;
  }

  /** @throws ClientError MODEL_UNAVAILABLE, or Error when the shipped model is broken. */
  static async open(metrics: Metrics): Promise<ModelRegistry> {
    const [manifest, scorer] = await Promise.all([
      readManifest(defaultModelFile),
      LocalScorer.open(defaultModelFile),
    ]);
    const shipped: ServingModel = {
      id: `${manifest.name}-1`,
      version: 1,
      aliases: ['champion'],
      manifest,
      scorer: new CoalescingScorer(scorer, metrics),
      explainer: new Explainer(manifest.components),
    };
    return new ModelRegistry(shipped, scorer);
  }

  /** The model that answers an organization's assignments. */
  champion(_organizationId: string): ServingModel {
    return this.#shipped;
  }

  async close(): Promise<void> {
    await this.#scorer.close();
  }
}
