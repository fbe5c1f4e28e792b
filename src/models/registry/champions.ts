import { ClientError } from '../../errors';
import { SHIPPED_MODEL } from '../shipped/shipped-model';
import type { ModelShelf } from './model-shelf';
import type { ModelStore, Pointers } from './model-store';
import type { ServingModel } from './serving-model';

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

/**
 * The models that answer, loaded. Asking for one costs nothing. Swapping one is another entry in a map: whoever has
 * the last one keeps it, and it is released when nobody does any more.
 */
export class Champions {
  /** Organizations that are not here have the shipped model. */
  readonly #serving = new Map<string, Serving>();
  readonly #refreshing = new Map<string, Promise<void>>();

  /** @param onError told of champions that cannot be loaded: everybody else is served. */
  constructor(
    private readonly shelf: ModelShelf,
    private readonly store: ModelStore,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** @throws ClientError MODEL_UNAVAILABLE when the organization's default model has no champion. */
  champion(organizationId: string): ServingModel {
    const serving = this.#serving.get(organizationId);
    if (serving === undefined) return this.shelf.shipped;
    if (serving.champion !== null) return serving.champion;
    throw new ClientError(
      'MODEL_UNAVAILABLE',
      `The default model "${serving.pointers.defaultModel}" has no champion that can be loaded: promote one of its versions, or choose another default model.`,
    );
  }

  /** The champion as the database says now, which another process may have changed. @throws as `champion`. */
  async current(organizationId: string): Promise<ServingModel> {
    const id = await this.store.championId(organizationId);
    const known = this.#serving.get(organizationId)?.champion ?? this.shelf.shipped;
    if (known.id !== id) await this.refresh(organizationId);
    return this.champion(organizationId);
  }

  /** Since when this process answers with the champion, as `performance.now` tells. */
  since(organizationId: string): number {
    return this.#serving.get(organizationId)?.since ?? 0;
  }

  /** Undefined: the organization never had models or labels of its own. */
  pointers(organizationId: string): Pointers | undefined {
    return this.#serving.get(organizationId)?.pointers;
  }

  organizations(): string[] {
    return [...this.#serving.keys()];
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
    return this.shelf.find(organizationId, id).catch((error: unknown) => {
      this.onError(error);
      return null;
    });
  }

  async #hold({ session }: ServingModel): Promise<boolean> {
    return session.hold().then(
      () => true,
      (error: unknown) => {
        this.onError(error);
        return false;
      },
    );
  }
}

/** The champion of a name. Null: it has none. */
export function championId(pointers: Pointers | undefined, name: string): string | null {
  const pointed = pointers?.aliases.find((pointer) => pointer.name === name && pointer.alias === 'champion');
  return pointed?.modelId ?? (name === SHIPPED_MODEL.name ? SHIPPED_MODEL.id : null);
}

async function letGo({ champion, isHeld }: Serving): Promise<void> {
  if (isHeld) await champion?.session.letGo();
}
