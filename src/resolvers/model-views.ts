import { ClientError } from '../errors';
import type { AssignRequest } from '../membership/membership';
import type { RoomRecord } from '../membership/room';
import type { ModelRegistry } from '../models/model-registry';
import type { ServingModel } from '../models/serving-model';
import type { PreviewArgs } from '../schema/inputs';
import { Model } from '../schema/model';
import { Room } from '../schema/room';
import { FeatureRows } from '../segmentation/feature-row';

interface View {
  readonly model: Model;
  readonly rows: FeatureRows;
}

/** The models as GraphQL shows them, made once each: their segments and interests stand in every answer. */
export class ModelViews {
  readonly #views = new WeakMap<ServingModel, View>();

  constructor(private readonly models: ModelRegistry) {}

  /** The model that answers the organization's assignments. */
  champion(organizationId: string): Model {
    return this.#view(organizationId).model;
  }

  /**
   * The row that the champion scores.
   *
   * @throws ClientError BAD_USER_INPUT unless exactly one of interests and features is given, in its vocabulary.
   */
  row(organizationId: string, { interests, features }: PreviewArgs): AssignRequest['features'] {
    const { rows } = this.#view(organizationId);
    if (interests && !features) return rows.fromInterests(interests);
    if (features && !interests) return rows.fromFeatures(features);
    throw new ClientError(
      'BAD_USER_INPUT',
      `interests and features: give exactly one of them, not ${features ? 'both' : 'none'}.`,
    );
  }

  toRoom(record: RoomRecord, organizationId: string): Room {
    return new Room(record, this.champion(organizationId).segmentOf(record.segmentKey));
  }

  #view(organizationId: string): View {
    const serving = this.models.champion(organizationId);
    let view = this.#views.get(serving);
    if (view === undefined) {
      view = { model: new Model(serving), rows: new FeatureRows(serving.manifest.features) };
      this.#views.set(serving, view);
    }
    return view;
  }
}
