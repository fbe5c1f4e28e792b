import { ClientError } from '../../errors';
import type { Metrics } from '../../metrics';
import type { LocalizedText } from '../../onnx/manifest';
import type { Database } from '../../storage/database';
import { DEFAULT_ORGANIZATION } from '../../viewer';
import { SHIPPED_MODEL } from '../shipped/shipped-model';
import { procedure as addModel, type NewModel } from './add-model';
import { Champions, championId } from './champions';
import { ModelShelf } from './model-shelf';
import { ModelStore } from './model-store';
import type { SegmentLabel } from './segment-label';
import type { ServingModel } from './serving-model';

export interface RegistryOptions {
  readonly database: Database;
  readonly metrics: Metrics;
  /** Told of champions that cannot be loaded: the gateway serves everybody else. */
  readonly onError: (error: unknown) => void;
}

/** The organizations' models: all versions, which of them serve, and what people call their segments. */
export class ModelRegistry {
  readonly #database: Database;
  readonly #store: ModelStore;
  readonly #shelf: ModelShelf;
  readonly #champions: Champions;

  private constructor({ database, onError }: RegistryOptions, store: ModelStore, shelf: ModelShelf) {
    this.#database = database;
    this.#store = store;
    this.#shelf = shelf;
    this.#champions = new Champions(shelf, store, onError);
  }

  /**
   * Loads every organization's champion.
   *
   * @throws ClientError MODEL_UNAVAILABLE, or Error when the shipped model is broken.
   */
  static async open(options: RegistryOptions): Promise<ModelRegistry> {
    const store = new ModelStore(options.database);
    const shelf = await ModelShelf.open(store, options.metrics);
    const registry = new ModelRegistry(options, store, shelf);
    await shelf.shipped.session.hold();
    for (const organizationId of await store.organizations()) await registry.refresh(organizationId);
    return registry;
  }

  /** The model that everybody has from the beginning, as it was shipped. */
  get shipped(): ServingModel {
    return this.#shelf.shipped;
  }

  /**
   * The model that answers an organization's assignments.
   *
   * @throws ClientError MODEL_UNAVAILABLE when the organization's default model has no champion.
   */
  champion(organizationId: string): ServingModel {
    return this.#champions.champion(organizationId);
  }

  /** The champion as the database says now, which another process may have changed. @throws as `champion`. */
  currentChampion(organizationId: string): Promise<ServingModel> {
    return this.#champions.current(organizationId);
  }

  /** Since when this process answers with the champion, as `performance.now` tells. */
  championSince(organizationId: string): number {
    return this.#champions.since(organizationId);
  }

  /** Those with models or labels of their own, and the default one. */
  organizations(): string[] {
    return [...new Set([DEFAULT_ORGANIZATION, ...this.#champions.organizations()])];
  }

  /** The name whose champion answers the organization's assignments. */
  defaultModel(organizationId: string): string {
    return this.#champions.pointers(organizationId)?.defaultModel ?? SHIPPED_MODEL.name;
  }

  /** The champion of any name; null: it has none. */
  async championOf(organizationId: string, name: string): Promise<ServingModel | null> {
    const id = championId(this.#champions.pointers(organizationId), name);
    return id === null ? null : this.find(organizationId, id);
  }

  /** Null: the organization has no such model. */
  find(organizationId: string, id: string): Promise<ServingModel | null> {
    return this.#shelf.find(organizationId, id);
  }

  /** @throws ClientError NOT_FOUND. */
  async get(organizationId: string, id: string): Promise<ServingModel> {
    const model = await this.find(organizationId, id);
    if (model === null) throw new ClientError('NOT_FOUND', `modelId: there is no model "${id}".`);
    return model;
  }

  /** The versions of one name, or of all: the shipped one last, else by name, the newest first. */
  list(organizationId: string, name: string | null): Promise<ServingModel[]> {
    return this.#shelf.list(organizationId, name);
  }

  /** The aliases that point at a model now. */
  aliasesOf(organizationId: string, { id, manifest: { name } }: ServingModel): string[] {
    const pointers = this.#champions.pointers(organizationId);
    const isChampion = championId(pointers, name) === id;
    const others = pointers?.aliases.filter(({ alias, modelId }) => alias !== 'champion' && modelId === id);
    return [...(isChampion ? ['champion'] : []), ...(others ?? []).map(({ alias }) => alias)];
  }

  /** The last champion that had the segment: rooms outlive the models that opened them. Null: none had. */
  async lastWithSegment(organizationId: string, segmentKey: string): Promise<ServingModel | null> {
    const earlier = this.#champions.pointers(organizationId)?.champions ?? [];
    for (const id of [...earlier, SHIPPED_MODEL.id]) {
      const model = await this.find(organizationId, id);
      if (model?.manifest.segments.some(({ key }) => key === segmentKey)) return model;
    }
    return null;
  }

  /** Adds a trained model as the next version of its name, and makes it the challenger; once for a job. */
  async add(model: NewModel): Promise<ServingModel> {
    const { organizationId } = model;
    const id = await this.#database.scope(organizationId).call(addModel, model);
    await this.refresh(organizationId);
    return this.get(organizationId, id);
  }

  /** Calls a segment something else; a description that is null stays as it is. @throws ClientError NOT_FOUND. */
  async relabel(
    organizationId: string,
    modelId: string,
    { key, label, description }: Omit<SegmentLabel, 'description'> & { description: LocalizedText | null },
  ): Promise<ServingModel> {
    const { manifest } = await this.get(organizationId, modelId);
    const segment = manifest.segments.find((candidate) => candidate.key === key);
    if (segment === undefined) throw new ClientError('NOT_FOUND', `key: the model has no segment "${key}".`);
    const text = { key, label, description: description ?? segment.description };
    await this.#store.setLabel(organizationId, modelId, text);
    this.#shelf.forget(organizationId, modelId);
    await this.refresh(organizationId);
    return this.get(organizationId, modelId);
  }

  /** Takes in whatever another process changed of the organization's models. */
  async reload(organizationId: string): Promise<void> {
    this.#shelf.forget(organizationId);
    await this.refresh(organizationId);
  }

  /** Takes in where the aliases point now. The champion is loaded before it serves. */
  refresh(organizationId: string): Promise<void> {
    return this.#champions.refresh(organizationId);
  }

  async close(): Promise<void> {
    await this.#champions.close();
    await this.shipped.session.letGo();
  }
}
