import type { ModelRegistry } from '../models/registry/model-registry';
import type { Database } from '../storage/database';
import { decodeFloats } from './floats';
import type { MembershipEvent } from './log/event';
import { readEventsOfUser } from './log/events-of-user';
import { checkUserId } from './membership';
import type { Page, PageRequest } from './room';

/** What is known of a person, beside its membership and its events. */
export interface UserExport {
  readonly userId: string;
  /** What put the person where it is; null: it is in no city. */
  readonly scored: ScoredFeatures | null;
}

export interface ScoredFeatures {
  readonly modelId: string;
  /** What was scored, by feature; features that are 0 are left out. */
  readonly features: Weights;
  /** What came out, by segment. */
  readonly affinities: Weights;
  /** What the person said, where the model takes less than that. */
  readonly stated: { readonly modelId: string; readonly features: Weights } | null;
}

type Weights = Readonly<Record<string, number>>;

interface ScoredRow {
  readonly modelId: string;
  readonly features: string;
  readonly affinities: string;
  readonly statedModelId: string | null;
  readonly statedFeatures: string | null;
}

const SCORED = `select json_build_object('modelId', m.model_id,
    'features', encode(m.features, 'hex'), 'affinities', encode(m.affinities, 'hex'),
    'statedModelId', m.stated_model_id, 'statedFeatures', encode(m.stated_features, 'hex'))
  from members m where m.organization_id = $1 and m.user_id = $2`;

const LOGGED = 'select from membership_events where organization_id = $1 and user_id = $2';

export interface UserExportOptions {
  readonly database: Database;
  readonly models: Pick<ModelRegistry, 'find'>;
}

/** Tells a person what the gateway knows of it. Uploaded data sets are their owner's: whose rows they are is not known. */
export class UserExports {
  constructor(private readonly options: UserExportOptions) {}

  /** Null: nothing is known. @throws ClientError BAD_USER_INPUT. */
  async export(organizationId: string, userId: string): Promise<UserExport | null> {
    checkUserId(userId);
    const [row] = await this.options.database
      .scope(organizationId)
      .query<{ scored: ScoredRow | null; logged: boolean }>(
        `select (${SCORED}) as scored, exists (${LOGGED}) as logged`,
        [organizationId, userId],
      );
    const { scored = null, logged = false } = row ?? {};
    if (scored === null && !logged) return null;
    return { userId, scored: scored && (await this.#scored(organizationId, scored)) };
  }

  /** What the cities' logs say of the person, in the order of its happening. */
  events(
    organizationId: string,
    userId: string,
    request: PageRequest<string>,
  ): Promise<Page<MembershipEvent>> {
    return readEventsOfUser(this.options.database, organizationId, userId, request);
  }

  async #scored(organizationId: string, row: ScoredRow): Promise<ScoredFeatures> {
    const { modelId, features, affinities, statedModelId, statedFeatures } = row;
    const manifest = (await this.options.models.find(organizationId, modelId))?.manifest;
    const isStated = statedModelId !== null && statedFeatures !== null;
    return {
      modelId,
      features: await this.#features(organizationId, modelId, features),
      affinities: named(decodeFloats(affinities), manifest?.segments),
      stated: isStated
        ? {
            modelId: statedModelId,
            features: await this.#features(organizationId, statedModelId, statedFeatures),
          }
        : null,
    };
  }

  async #features(organizationId: string, modelId: string, encoded: string): Promise<Weights> {
    const model = await this.options.models.find(organizationId, modelId);
    const all = Object.entries(named(decodeFloats(encoded), model?.manifest.features));
    return Object.fromEntries(all.filter(([, value]) => value !== 0));
  }
}

/** Numbers by the keys of what they stand for; by their place where that is not known any more. */
function named(values: Float32Array, of: readonly { readonly key: string }[] = []): Weights {
  return Object.fromEntries([...values].map((value, i) => [of[i]?.key ?? String(i), value]));
}
