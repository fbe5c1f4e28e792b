import { ClientError } from '../errors';
import type { Metrics } from '../metrics';
import type { LocalizedText } from '../onnx/manifest';
import type { Database } from '../storage/database';
import { DEFAULT_ORGANIZATION } from '../viewer';
import { procedure as addModel, type NewModel } from './add-model';
import { ModelShelf } from './model-shelf';
import { ModelStore, type Pointers } from './model-store';
import type { SegmentLabel } from './segment-label';
import type { ServingModel } from './serving-model';
import { SHIPPED_MODEL } from './shipped-model';

export interface RegistryOptions {
  readonly database: Database;
  readonly metrics: Metrics;
  /** Told of champions that cannot be loaded: the gateway serves everybody else. */
  readonly onError: (error: unknown) => void;
}

/** What one organization is answered by. */
interface Serving {
  readonly pointers: Pointers;
  /** Null: the default name has none, or it cannot be read. */
  readonly champion: ServingModel | null;
  /** Whether the champion's session is held. */
  readonly isHeld: boolean;
  /** When this process began to answer with it, as `performance.now` tells. */
  readonly since: number;
}

/** The organizations' models, and which of them serve. */
export class ModelRegistry {
  /** Organizations that are not here have the shipped model. */
  readonly #serving = new Map<string, Serving>();
  readonly #refreshing = new Map<string, Promise<void>>();

  private constructor(
    private readonly shelf: ModelShelf,
    private readonly store: ModelStore,
    private readonly options: RegistryOptions,
  ) {}

  /**
   * Loads every organization's champion.
   *
   * @throws ClientError MODEL_UNAVAILABLE, or Error when the shipped model is broken.
   */
  static async open(options: RegistryOptions): Promise<ModelRegistry> {
    const store = new ModelStore(options.database);
    const shelf = await ModelShelf.open(store, options.metrics);
    await shelf.shipped.session.hold();
    const registry = new ModelRegistry(shelf, store, options);
    for (const organizationId of await store.organizations()) await registry.refresh(organizationId);
    return registry;
  }

  /** The model that everybody has from the beginning, as it was shipped. */
  get shipped(): ServingModel {
    return this.shelf.shipped;
  }

  /**
   * The model that answers an organization's assignments.
   *
   * @throws ClientError MODEL_UNAVAILABLE when the organization's default model has no champion.
   */
  champion(organizationId: string): ServingModel {
    const serving = this.#serving.get(organizationId);
    if (serving === undefined) return this.shipped;
    if (serving.champion !== null) return serving.champion;
    throw new ClientError(
      'MODEL_UNAVAILABLE',
      `The default model "${serving.pointers.defaultModel}" has no champion that can be loaded: promote one of its versions, or choose another default model.`,
    );
  }

  /** The champion as the database says now, which another process may have changed. @throws as `champion`. */
  async currentChampion(organizationId: string): Promise<ServingModel> {
    const id = await this.store.championId(organizationId);
    const known = this.#serving.get(organizationId)?.champion ?? this.shipped;
    if (known.id !== id) await this.refresh(organizationId);
    return this.champion(organizationId);
  }

  /** Since when this process answers with the champion, as `performance.now` tells. */
  championSince(organizationId: string): number {
    return this.#serving.get(organizationId)?.since ?? 0;
  }

  /** Those with models or labels of their own, and the default one. */
  organizations(): string[] {
    return [...new Set([DEFAULT_ORGANIZATION, ...this.#serving.keys()])];
  }

  /** The name whose champion answers the organization's assignments. */
  defaultModel(organizationId: string): string {
    return this.#serving.get(organizationId)?.pointers.defaultModel ?? SHIPPED_MODEL.name;
  }

  /** The champion of any name; null: it has none. */
  async championOf(organizationId: string, name: string): Promise<ServingModel | null> {
    const id = championId(this.#serving.get(organizationId)?.pointers, name);
    return id === null ? null : this.find(organizationId, id);
  }

  /** Null: the organization has no such model. */
  find(organizationId: string, id: string): Promise<ServingModel | null> {
    return this.shelf.find(organizationId, id);
  }

  /** @throws ClientError NOT_FOUND. */
  async get(organizationId: string, id: string): Promise<ServingModel> {
    const model = await this.find(organizationId, id);
    if (model === null) throw new ClientError('NOT_FOUND', `modelId: there is no model "${id}".`);
    return model;
  }

  /** The versions of one name, or of all: the shipped one last, else by name, the newest first. */
  list(organizationId: string, name: string | null): Promise<ServingModel[]> {
    return this.shelf.list(organizationId, name);
  }

  /** The aliases that point at a model now. */
  aliasesOf(organizationId: string, { id, manifest: { name } }: ServingModel): string[] {
    const pointers = this.#serving.get(organizationId)?.pointers;
    const isChampion = championId(pointers, name) === id;
    const others = pointers?.aliases.filter(({ alias, modelId }) => alias !== 'champion' && modelId === id);
    return [...(isChampion ? ['champion'] : []), ...(others ?? []).map(({ alias }) => alias)];
  }

  /** The last champion that had the segment: rooms outlive the models that opened them. Null: none had. */
  async lastWithSegment(organizationId: string, segmentKey: string): Promise<ServingModel | null> {
    const earlier = this.#serving.get(organizationId)?.pointers.champions ?? [];
    for (const id of [...earlier, SHIPPED_MODEL.id]) {
      const model = await this.find(organizationId, id);
      if (model?.manifest.segments.some(({ key }) => key === segmentKey)) return model;
    }
    return null;
  }

  /** Adds a trained model as the next version of its name, and makes it the challenger; once for a job. */
  async add(model: NewModel): Promise<ServingModel> {
    const { organizationId } = model;
    const id = await this.options.database.scope(organizationId).call(addModel, model);
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
    await this.store.setLabel(organizationId, modelId, text);
    this.shelf.forget(organizationId, modelId);
    await this.refresh(organizationId);
    return this.get(organizationId, modelId);
  }

  /** Takes in whatever another process changed of the organization's models. */
  async reload(organizationId: string): Promise<void> {
    this.shelf.forget(organizationId);
    await this.refresh(organizationId);
  }

  /** Takes in where the aliases point now. The champion is loaded before it serves. */
  refresh(organizationId: string): Promise<void> {
    const before = this.#refreshing.get(organizationId) ?? Promise.resolve();
    // One after the other: the last one has read the last state.
    const refreshing = before.catch(() => undefined).then(() => this.#point(organizationId));
    this.#refreshing.set(organizationId, refreshing);
    return refreshing;
  }

  async close(): Promise<void> {
    for (const serving of this.#serving.values()) await letGo(serving);
    this.#serving.clear();
    await this.shipped.session.letGo();
  }

  async #point(organizationId: string): Promise<void> {
    const pointers = await this.store.pointers(organizationId);
    if (pointers === null) return;
    const before = this.#serving.get(organizationId);
    const champion = await this.#read(organizationId, championId(pointers, pointers.defaultModel));
    const isHeld = champion !== null && (await this.#hold(champion));
    const isSame = before !== undefined && before.champion?.id === champion?.id;
    const since = isSame ? before.since : performance.now();
    this.#serving.set(organizationId, { pointers, champion, isHeld, since });
    if (before !== undefined) await letGo(before);
  }

  async #read(organizationId: string, id: string | null): Promise<ServingModel | null> {
    if (id === null) return null;
    return this.find(organizationId, id).catch((error: unknown) => {
      this.options.onError(error);
      return null;
    });
  }

  async #hold({ session }: ServingModel): Promise<boolean> {
    return session.hold().then(
      () => true,
      (error: unknown) => {
        this.options.onError(error);
        return false;
      },
    );
  }
}

async function letGo({ champion, isHeld }: Serving): Promise<void> {
  if (isHeld) await champion?.session.letGo();
}

function championId(pointers: Pointers | undefined, name: string): string | null {
  const pointed = pointers?.aliases.find((pointer) => pointer.name === name && pointer.alias === 'champion');
  return pointed?.modelId ?? (name === SHIPPED_MODEL.name ? SHIPPED_MODEL.id : null);
}
