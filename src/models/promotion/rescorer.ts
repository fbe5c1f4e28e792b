import { decodeFloats, encodeFloats } from '../../membership/floats';
import { LOBBY, type Placement } from '../../membership/moves/move';
import type { ScoredMember } from '../../membership/read-member-page';
import { FeatureMapping } from '../feature-mapping';
import type { ModelRegistry } from '../registry/model-registry';
import type { ServingModel } from '../registry/serving-model';

/** Says where one model puts members whom others assigned. */
export class Rescorer {
  readonly #mappings = new Map<string, FeatureMapping>();

  constructor(
    private readonly models: Pick<ModelRegistry, 'find'>,
    private readonly organizationId: string,
    private readonly model: ServingModel,
  ) {}

  /** In the members' order. All are scored in one run: give it as many as the event loop can wait for. */
  async place(members: readonly ScoredMember[]): Promise<Required<Placement>[]> {
    const { manifest, session } = this.model;
    const rows = new Float32Array(members.length * session.featureCount);
    const row = (i: number) => rows.subarray(i * session.featureCount, (i + 1) * session.featureCount);
    const stated: Placement['stated'][] = [];
    for (const [i, member] of members.entries()) {
      const modelId = member.statedModelId ?? member.modelId;
      const features = member.statedFeatures ?? member.features;
      const mapping = await this.#mappingFrom(modelId);
      const isWhole = mapping.apply(decodeFloats(features), row(i));
      stated.push(isWhole ? null : { modelId, features });
    }
    const { affinities, segments } = await session.score(rows);
    return members.map((_, i) => {
      const segment = manifest.segments[segments[i] as number];
      const k = session.segmentCount;
      return {
        modelId: this.model.id,
        segmentKey: segment?.key ?? LOBBY,
        segmentNumber: segment?.number ?? null,
        features: encodeFloats(row(i)),
        affinities: encodeFloats(affinities.subarray(i * k, (i + 1) * k)),
        stated: stated[i] ?? null,
      };
    });
  }

  async #mappingFrom(modelId: string): Promise<FeatureMapping> {
    let mapping = this.#mappings.get(modelId);
    if (mapping === undefined) {
      const source = await this.models.find(this.organizationId, modelId);
      if (source === null) throw new Error(`Members are assigned under the unknown model "${modelId}"`);
      mapping = new FeatureMapping(source.manifest, this.model.manifest);
      this.#mappings.set(modelId, mapping);
    }
    return mapping;
  }
}
