import { ClientError } from '../errors';
import type { AssignRequest } from '../membership/membership';
import { LOBBY } from '../membership/moves/move';
import type { RoomRecord } from '../membership/room';
import type { ModelRegistry } from '../models/registry/model-registry';
import type { ServingModel } from '../models/registry/serving-model';
import type { PreviewArgs } from '../schema/inputs';
import { Model } from '../schema/model';
import { Room } from '../schema/room';
import type { Segment } from '../schema/segment';
import { FeatureRows } from '../segmentation/rows/feature-row';

interface View {
  readonly model: Model;
  readonly rows: FeatureRows;
}

/** Finds segments by their keys; null: none, as for the lobby. */
export type SegmentLookup = (segmentKey: string) => Segment | null;

/** The models as GraphQL shows them, made once each: their segments and interests stand in every answer. */
export class ModelViews {
  readonly #views = new WeakMap<ServingModel, View>();

  constructor(private readonly models: ModelRegistry) {}

  /** The model that answers the organization's assignments. @throws ClientError MODEL_UNAVAILABLE. */
  champion(organizationId: string): Model {
    return this.#view(this.models.champion(organizationId)).model;
  }

  of(serving: ServingModel): Model {
    return this.#view(serving).model;
  }

  /** Null: the organization has no such model. */
  async find(organizationId: string, id: string): Promise<Model | null> {
    const serving = await this.models.find(organizationId, id);
    return serving && this.of(serving);
  }

  /** The model that assigned somebody: it may have been replaced since. */
  async assigned(organizationId: string, modelId: string): Promise<Model> {
    const model = await this.find(organizationId, modelId);
    if (model === null) throw new Error(`A member is assigned under the unknown model "${modelId}"`);
    return model;
  }

  /**
   * The row that the champion scores.
   *
   * @throws ClientError BAD_USER_INPUT unless exactly one of interests and features is given, in its vocabulary.
   */
  row(organizationId: string, { interests, features }: PreviewArgs): AssignRequest['features'] {
    const { rows } = this.#view(this.models.champion(organizationId));
    if (interests && !features) return rows.fromInterests(interests);
    if (features && !interests) return rows.fromFeatures(features);
    throw new ClientError(
      'BAD_USER_INPUT',
      `interests and features: give exactly one of them, not ${features ? 'both' : 'none'}.`,
    );
  }

  /** The segments of these keys: the champion's, or as the last champion called them that had them. */
  async segments(organizationId: string, segmentKeys: Iterable<string>): Promise<SegmentLookup> {
    const model = this.champion(organizationId);
    const earlier = new Map<string, Segment | null>();
    for (const key of segmentKeys) {
      if (key === LOBBY || earlier.has(key) || model.segmentOf(key) !== null) continue;
      const last = await this.models.lastWithSegment(organizationId, key);
      earlier.set(key, last && this.of(last).segmentOf(key));
    }
    return (key) => model.segmentOf(key) ?? earlier.get(key) ?? null;
  }

  async toRoom(record: RoomRecord, organizationId: string): Promise<Room> {
    const segmentOf = await this.segments(organizationId, [record.segmentKey]);
    return new Room(record, segmentOf(record.segmentKey));
  }

  #view(serving: ServingModel): View {
    let view = this.#views.get(serving);
    if (view === undefined) {
      view = { model: new Model(serving), rows: new FeatureRows(serving.manifest.features) };
      this.#views.set(serving, view);
    }
    return view;
  }
}
