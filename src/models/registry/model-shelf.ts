import { LruMap } from '../../lru-map';
import type { Metrics } from '../../metrics';
import { readManifest } from '../read-manifest';
import { defaultModelFile } from '../shipped/default-model';
import { SHIPPED_MODEL } from '../shipped/shipped-model';
import type { ModelStore } from './model-store';
import { relabel } from './segment-label';
import { type ServingModel, servingModel } from './serving-model';

const MOST_ORGANIZATIONS = 1_000;
/** Of one organization. Older versions are asked for by members who were not assigned again yet. */
const MOST_MODELS = 16;

type Shelf = LruMap<string, Promise<ServingModel | null>>;

/** Every model by its id, read and made ready but once; those used last stay at hand. */
export class ModelShelf {
  readonly #shelves = new LruMap<string, Shelf>(MOST_ORGANIZATIONS);

  private constructor(
    /** As it was shipped: without the labels that an organization may have given it. */
    readonly shipped: ServingModel,
    private readonly store: ModelStore,
    private readonly metrics: Metrics,
  ) {}

  /** @throws Error when the shipped model's file is broken. */
  static async open(store: ModelStore, metrics: Metrics): Promise<ModelShelf> {
    const { id, version } = SHIPPED_MODEL;
    const manifest = await readManifest(defaultModelFile);
    const shipped = servingModel({ id, version, manifest, datasetId: null }, metrics, defaultModelFile);
    return new ModelShelf(shipped, store, metrics);
  }

  /** Null: the organization has no such model. */
  async find(organizationId: string, id: string): Promise<ServingModel | null> {
    const shelf = this.#shelf(organizationId);
    let found = shelf.get(id);
    if (found === undefined) {
      found = this.#read(organizationId, id);
      shelf.set(id, found);
      // Neither failures nor ids that somebody made up stay.
      found.then(
        (model) => model ?? shelf.delete(id),
        () => shelf.delete(id),
      );
    }
    return found;
  }

  /** The versions of one name, or of all: the shipped one last, else by name, the newest first. */
  async list(organizationId: string, name: string | null): Promise<ServingModel[]> {
    const trained = await this.store.list(organizationId, name);
    const models = trained.map((description) => servingModel(description, this.metrics));
    if (name !== null && name !== SHIPPED_MODEL.name) return models;
    const shipped = await this.find(organizationId, SHIPPED_MODEL.id);
    return shipped === null ? models : [...models, shipped];
  }

  /** Reads the model again when it is next asked for; without an id, all of the organization's. */
  forget(organizationId: string, id?: string): void {
    if (id === undefined) this.#shelves.delete(organizationId);
    else this.#shelf(organizationId).delete(id);
  }

  #shelf(organizationId: string): Shelf {
    let shelf = this.#shelves.get(organizationId);
    if (shelf === undefined) {
      shelf = new LruMap(MOST_MODELS);
      this.#shelves.set(organizationId, shelf);
    }
    return shelf;
  }

  async #read(organizationId: string, id: string): Promise<ServingModel | null> {
    if (id === SHIPPED_MODEL.id) {
      const labels = await this.store.labels(organizationId, id);
      const { manifest } = this.shipped;
      return labels.length === 0 ? this.shipped : { ...this.shipped, manifest: relabel(manifest, labels) };
    }
    const description = await this.store.find(organizationId, id);
    return description && servingModel(description, this.metrics);
  }
}
