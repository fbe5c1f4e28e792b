import { ClientError } from '../errors';
import type { JobRecord } from '../jobs/job';
import type { ModelRegistry } from '../models/registry/model-registry';
import type { Database } from '../storage/database';
import {
  checkChanges,
  checkName,
  checkOrganizationId,
  checkQuotas,
  isOrganizationId,
  type OrganizationChanges,
  type QuotaChanges,
} from './check-settings';
import { Fresh } from './fresh';
import type { OrganizationRecord } from './organization';
import { OrganizationStore } from './organization-store';
import { procedure as updateOrganization } from './update-organization';

/** How long another gateway may not know of a change. */
const FRESH_MS = 5_000;
const EVERYBODY = '';

export interface OrganizationsOptions {
  readonly database: Database;
  /** Of organizations that settled no others. */
  readonly defaults: { readonly eventRetention: number };
  readonly freshMs?: number;
}

/** What follows another default model. */
export interface Followers {
  readonly models: Pick<ModelRegistry, 'championOf' | 'refresh'>;
  /** Told of the job that assigns the members anew. */
  readonly onJob: (job: JobRecord) => void;
}

/** The gateway's clients and what they settled: at hand for every request, at most 5 seconds old. */
export class Organizations {
  readonly #options: OrganizationsOptions;
  readonly #store: OrganizationStore;
  readonly #known: Fresh<OrganizationRecord | null>;
  readonly #origins: Fresh<ReadonlySet<string>>;

  constructor(options: OrganizationsOptions) {
    const { database, freshMs = FRESH_MS } = options;
    this.#options = options;
    this.#store = new OrganizationStore(database);
    this.#known = new Fresh((id) => this.#store.find(id), freshMs);
    this.#origins = new Fresh(() => this.#store.origins(), freshMs);
  }

  /** Null: there is none. */
  async find(id: string): Promise<OrganizationRecord | null> {
    return isOrganizationId(id) ? this.#known.get(id) : null;
  }

  /** @throws ClientError NOT_FOUND. */
  async get(id: string): Promise<OrganizationRecord> {
    const organization = await this.find(id);
    if (organization === null) throw new ClientError('NOT_FOUND', `There is no organization "${id}".`);
    return organization;
  }

  /** Events kept per city. */
  async eventRetention(id: string): Promise<number> {
    return (await this.find(id))?.settings.eventRetention ?? this.#options.defaults.eventRetention;
  }

  /** Whether the organization's keys may be used by pages of the origin. */
  async lists(id: string, origin: string): Promise<boolean> {
    return (await this.find(id))?.settings.corsOrigins.includes(origin) ?? false;
  }

  /** Whether any organization lists the origin: all that can be told of a preflight, which says not whose it is. */
  async isListed(origin: string): Promise<boolean> {
    return (await this.#origins.get(EVERYBODY)).has(origin);
  }

  /** @throws ClientError BAD_USER_INPUT, also when there is one of the id already. */
  async create(id: string, name: string): Promise<OrganizationRecord> {
    checkOrganizationId(id);
    checkName(name);
    if (!(await this.#store.add(id, name.trim())))
      throw new ClientError('BAD_USER_INPUT', `id: there is an organization "${id}" already.`);
    this.#known.forget(id);
    return this.get(id);
  }

  /** Takes back an organization that was just created and owns nothing. */
  async discard(id: string): Promise<void> {
    await this.#store.remove(id);
    this.#known.forget(id);
  }

  /** Sets how much an organization may have. @throws ClientError BAD_USER_INPUT, NOT_FOUND. */
  async setLimits(id: string, changes: QuotaChanges): Promise<OrganizationRecord> {
    checkQuotas(changes);
    if (await this.#store.setLimits(id, changes)) this.#known.forget(id);
    return this.get(id);
  }

  /**
   * Changes what is given. Another default model serves at once, and a job brings the members after.
   *
   * @throws ClientError BAD_USER_INPUT.
   */
  async update(
    id: string,
    wanted: OrganizationChanges,
    { models, onJob }: Followers,
  ): Promise<OrganizationRecord> {
    checkChanges(wanted);
    const changes = wanted.name === undefined ? wanted : { ...wanted, name: wanted.name.trim() };
    const { defaultModel } = changes;
    // Loaded before it serves. Without one, the procedure says so.
    const champion = defaultModel === undefined ? null : await models.championOf(id, defaultModel);
    await champion?.session.hold();
    try {
      const updated = await this.#options.database
        .scope(id)
        .call(updateOrganization, { organizationId: id, changes });
      if ('withoutChampion' in updated) throw withoutChampion(updated.withoutChampion);
      this.#known.forget(id);
      this.#origins.forget(EVERYBODY);
      if (defaultModel !== undefined) await models.refresh(id);
      if (updated.job !== null) onJob(updated.job);
    } finally {
      await champion?.session.letGo();
    }
    return this.get(id);
  }
}

function withoutChampion(name: string): ClientError {
  return new ClientError(
    'BAD_USER_INPUT',
    `defaultModel: no model "${name}" has a champion: train and promote one first.`,
  );
}
