import { ClientError } from '../../errors';
import type { JobRecord } from '../../jobs/job';
import type { MemberPages } from '../../membership/member-pages';
import type { Database } from '../../storage/database';
import type { AliasChange } from '../registry/alias';
import type { ModelRegistry } from '../registry/model-registry';
import { ModelStore } from '../registry/model-store';
import type { ServingModel } from '../registry/serving-model';
import { MoveTally, type Tally } from './move-tally';
import { procedure as promoteModel } from './promote-model';
import { Rescorer } from './rescorer';
import { procedure as rollbackModel } from './rollback-model';

/** Members scored at once: the event loop is free again after each. */
const PAGE = 250;

export interface PromotionOptions {
  readonly database: Database;
  readonly models: ModelRegistry;
  readonly pages: MemberPages;
  /** Told of the jobs that promotions queued. */
  readonly onJob: (job: JobRecord) => void;
}

/** Changes which model serves, and says beforehand what that does. */
export class Promotions {
  readonly #options: PromotionOptions;
  readonly #store: ModelStore;

  constructor(options: PromotionOptions) {
    this.#options = options;
    this.#store = new ModelStore(options.database);
  }

  /**
   * Makes a model the champion of its name. It is loaded before; requests under way are still answered by the last
   * one. Where the name is the organization's default, a job assigns the members anew.
   *
   * @throws ClientError NOT_FOUND, or MODEL_UNAVAILABLE when it cannot be loaded: then nothing has changed.
   */
  async promote(organizationId: string, modelId: string, by: string): Promise<ServingModel> {
    const { database, models, onJob } = this.#options;
    const model = await models.get(organizationId, modelId);
    const { name } = model.manifest;
    await model.session.hold();
    try {
      const promotion = { organizationId, name, modelId, by };
      const job = await database.scope(organizationId).call(promoteModel, promotion);
      await models.refresh(organizationId);
      if (job !== null) onJob(job);
    } finally {
      await model.session.letGo();
    }
    return model;
  }

  /**
   * Makes that model the champion again which was before the last promotion that still stands.
   *
   * @throws ClientError NOT_FOUND when there is no model of the name, BAD_USER_INPUT when there is nothing to go back to.
   */
  async rollback(organizationId: string, name: string, by: string): Promise<ServingModel> {
    const { database, models, onJob } = this.#options;
    const done = await database.scope(organizationId).call(rollbackModel, { organizationId, name, by });
    if (done === null) {
      const versions = await models.list(organizationId, name);
      throw versions.length === 0
        ? new ClientError('NOT_FOUND', `name: there is no model "${name}".`)
        : new ClientError(
            'BAD_USER_INPUT',
            `name: no champion of "${name}" was replaced that could come back.`,
          );
    }
    await models.refresh(organizationId);
    if (done.job !== null) onJob(done.job);
    return models.get(organizationId, done.modelId);
  }

  /**
   * What a promotion of the model would do to the members, as they are now. Nobody moves for the champion itself, or
   * for another name than the organization's default one.
   *
   * @throws ClientError NOT_FOUND, MODEL_UNAVAILABLE.
   */
  async preview(organizationId: string, modelId: string): Promise<Tally> {
    const { models, pages } = this.#options;
    const model = await models.get(organizationId, modelId);
    const { name } = model.manifest;
    const isNews =
      name === models.defaultModel(organizationId) &&
      (await models.championOf(organizationId, name))?.id !== modelId;
    const tally = new MoveTally();
    if (!isNews) tally.stay(await pages.count(organizationId));
    else await this.#tally(organizationId, model, tally);
    return tally.total();
  }

  /** Who pointed which alias of a name where, the latest first. */
  history(organizationId: string, name: string): Promise<AliasChange[]> {
    return this.#store.history(organizationId, name);
  }

  async #tally(organizationId: string, model: ServingModel, tally: MoveTally): Promise<void> {
    const { models, pages } = this.#options;
    const rescorer = new Rescorer(models, organizationId, model);
    await model.session.hold();
    try {
      for (let after: string | null = ''; after !== null; ) {
        const page = await pages.read(organizationId, after, PAGE, model.id);
        const placements = await rescorer.place(page.members);
        tally.stay(page.passed - page.members.length);
        for (const [i, { segmentKey }] of page.members.entries()) {
          tally.add(segmentKey, placements[i]?.segmentKey ?? segmentKey);
        }
        after = page.next;
      }
    } finally {
      await model.session.letGo();
    }
  }
}
