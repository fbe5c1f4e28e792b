import { decodeFloats } from '../../membership/floats';
import type { MemberSample } from '../../membership/member-sample';
import type { SegmentationManifest } from '../../onnx/manifest';
import { populationStability, rateStability } from '../../segmentation/continuity/population-stability';
import { FeatureMapping } from '../feature-mapping';
import type { ModelRegistry } from '../registry/model-registry';
import type { ServingModel } from '../registry/serving-model';

/** How far today's members are from those whom the champion was trained on. */
export interface Drift {
  readonly model: ServingModel;
  /** Members in the rooms of the champion's segments; the lobbies' are not counted. */
  readonly members: number;
  /** Members whose features were looked at. */
  readonly sampled: number;
  /** In the manifest's order. */
  readonly segments: readonly SegmentDrift[];
  /** The population stability index over the segments; null: nothing is known of the training, or nobody is here. */
  readonly segmentStability: number | null;
  /** In the vocabulary's order. */
  readonly features: readonly FeatureDrift[];
  /** The mean of the features' indexes. */
  readonly featureStability: number | null;
  /** ISO 8601. */
  readonly at: string;
}

export interface SegmentDrift {
  /** Of the members, 0..1; null: nobody is here. */
  readonly share: number | null;
  /** Of the training data; null: unknown. */
  readonly trainedShare: number | null;
}

export interface FeatureDrift {
  /** The mean, which for an interest is the share of those who like it; null: nobody was looked at. */
  readonly mean: number | null;
  readonly trainedMean: number | null;
  /** The population stability index of having it or not; null: unknown, or it is no share (a number above 1). */
  readonly stability: number | null;
}

/** What training notes down of its data in a manifest's metrics. */
interface TrainingData {
  readonly segmentShares?: Readonly<Record<string, number>>;
  readonly featureMeans?: Readonly<Record<string, number>>;
}

const FRESH_MS = 60_000;

/** Compares the members with the champion's training data. The work is bounded, however many there are. */
export class DriftWatch {
  readonly #known = new Map<string, { readonly drift: Promise<Drift>; readonly askedAt: number }>();

  constructor(
    private readonly models: ModelRegistry,
    private readonly sample: MemberSample,
    private readonly freshMs = FRESH_MS,
  ) {}

  /** At most a minute old. @throws ClientError MODEL_UNAVAILABLE. */
  async drift(organizationId: string): Promise<Drift> {
    const model = this.models.champion(organizationId);
    const known = this.#known.get(organizationId);
    if (known !== undefined && performance.now() - known.askedAt < this.freshMs) {
      const drift = await known.drift;
      if (drift.model === model) return drift;
    }
    const drift = this.#measure(organizationId, model);
    this.#known.set(organizationId, { drift, askedAt: performance.now() });
    drift.catch(() => this.#known.delete(organizationId));
    return drift;
  }

  async #measure(organizationId: string, model: ServingModel): Promise<Drift> {
    const { manifest } = model;
    const trained = (manifest.metrics['training'] ?? {}) as TrainingData;
    const bySegment = await this.sample.countBySegment(organizationId);
    const counts = manifest.segments.map(({ key }) => bySegment.get(key) ?? 0);
    const members = counts.reduce((a, b) => a + b, 0);
    const shares = manifest.segments.map(({ key }) => trained.segmentShares?.[key] ?? null);
    const { sampled, sums } = await this.#sumFeatures(organizationId, manifest);
    const features = manifest.features.map(({ key }, i) =>
      featureDrift(sampled === 0 ? null : (sums[i] as number) / sampled, trained.featureMeans?.[key] ?? null),
    );
    return {
      model,
      members,
      sampled,
      segments: counts.map((count, s) => ({
        share: members === 0 ? null : count / members,
        trainedShare: shares[s] ?? null,
      })),
      segmentStability: shares.includes(null) ? null : populationStability(shares as number[], counts),
      features,
      featureStability: mean(features.flatMap(({ stability }) => stability ?? [])),
      at: new Date().toISOString(),
    };
  }

  async #sumFeatures(
    organizationId: string,
    manifest: SegmentationManifest,
  ): Promise<{ sampled: number; sums: Float64Array }> {
    const sums = new Float64Array(manifest.features.length);
    const mappings = new Map<string, FeatureMapping>();
    let sampled = 0;
    for await (const members of this.sample.read(organizationId)) {
      for (const { modelId, features } of members) {
        let mapping = mappings.get(modelId);
        if (mapping === undefined) {
          const source = await this.models.get(organizationId, modelId);
          mapping = new FeatureMapping(source.manifest, manifest);
          mappings.set(modelId, mapping);
        }
        const row = new Float32Array(sums.length);
        mapping.apply(decodeFloats(features), row);
        for (let i = 0; i < row.length; i++) sums[i] = (sums[i] as number) + (row[i] as number);
      }
      sampled += members.length;
    }
    return { sampled, sums };
  }
}

function featureDrift(now: number | null, trained: number | null): FeatureDrift {
  const known = now !== null && trained !== null && now <= 1 && trained <= 1;
  return { mean: now, trainedMean: trained, stability: known ? rateStability(trained, now) : null };
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((a, b) => a + b, 0) / values.length;
}
