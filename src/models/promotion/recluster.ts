import { setTimeout as sleep } from 'node:timers/promises';
import type { JobControl, JobHandler, JobOf } from '../../jobs/job';
import type { MemberPages } from '../../membership/member-pages';
import type { Membership } from '../../membership/membership';
import type { Move, Placement } from '../../membership/moves/move';
import type { ScoredMember } from '../../membership/read-member-page';
import type { ModelRegistry } from '../registry/model-registry';
import { MoveTally, type Tally } from './move-tally';
import type { ReclusterInput } from './queue-reclustering';
import { Rescorer } from './rescorer';

/** Members read at once, and written at once: each keeps the database for a few milliseconds. */
const PAGE = 128;
const GROUP = 32;
/** The share of the time that is spent working: so assignments hardly notice. */
const DUTY = 0.2;
/**
 * Requests that were under way when the champion changed, and gateways that heard of it late, still assign under the
 * last one for a moment. The last look at the members is after that.
 */
const SETTLE_MS = 2_000;

export interface ReclusterOptions {
  readonly models: ModelRegistry;
  readonly pages: MemberPages;
  readonly membership: Membership;
  readonly duty?: number;
  readonly settleMs?: number;
}

/** Members whom this run assigned anew; those who assigned themselves meanwhile are not in it. */
export interface ReclusterResult extends Tally {
  /** Members who got another room: the sum of `moves`. */
  readonly moved: number;
}

/**
 * Assigns the members anew whom another model than the champion assigned. It goes by what is left of them: so it can
 * be stopped anywhere and run again, any number of times, and several at once do no harm.
 */
export class Recluster implements JobHandler<ReclusterInput, ReclusterResult> {
  readonly kind = 'RECLUSTER';
  readonly #options: Required<ReclusterOptions>;

  constructor(options: ReclusterOptions) {
    this.#options = { duty: DUTY, settleMs: SETTLE_MS, ...options };
  }

  async run({ organizationId }: JobOf<ReclusterInput>, control: JobControl): Promise<ReclusterResult> {
    const { models, settleMs } = this.#options;
    const tally = new MoveTally();
    for (let isFirst = true; ; isFirst = false) {
      const startedAt = performance.now();
      const found = await this.#pass(organizationId, tally, control, isFirst);
      if (found > 0) continue;
      const settled = models.championSince(organizationId) + settleMs;
      if (startedAt >= settled) break;
      control.report(1, 'Waiting for assignments under way');
      await sleep(Math.max(0, settled - performance.now()), undefined, { signal: control.signal });
    }
    const total = tally.total();
    return { ...total, moved: total.total - total.unchanged };
  }

  /** Goes through all members once. @returns how many another model had assigned. */
  async #pass(
    organizationId: string,
    tally: MoveTally,
    { report, signal }: JobControl,
    isFirst: boolean,
  ): Promise<number> {
    const { models, pages } = this.#options;
    const total = await pages.count(organizationId);
    let passed = 0;
    let found = 0;
    for (let after: string | null = ''; after !== null; ) {
      signal.throwIfAborted();
      const model = await models.currentChampion(organizationId);
      const start: string = after;
      const page = await this.#paced(signal, () => pages.read(organizationId, start, PAGE, model.id));
      const rescorer = new Rescorer(models, organizationId, model);
      for (let i = 0; i < page.members.length; i += GROUP) {
        const group = page.members.slice(i, i + GROUP);
        await this.#paced(signal, () => this.#assign(organizationId, rescorer, group, tally));
      }
      passed += page.passed;
      found += page.members.length;
      if (isFirst) report(Math.min(1, passed / Math.max(1, total)), `${passed} of ${total} members`);
      after = page.next;
    }
    return found;
  }

  async #assign(
    organizationId: string,
    rescorer: Rescorer,
    members: readonly ScoredMember[],
    tally: MoveTally,
  ): Promise<void> {
    const placements = await rescorer.place(members);
    const moves = members.map((member, i) => moveTo(member, placements[i] as Placement));
    const results = await this.#options.membership.moveInBackground(organizationId, moves);
    for (const [i, { changed, renewed }] of results.entries()) {
      if (changed || renewed) tally.add(members[i]?.segmentKey ?? '', placements[i]?.segmentKey ?? '');
    }
  }

  /** Works, and then rests in proportion: the busier the database is, the longer. */
  async #paced<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const startedAt = performance.now();
    const result = await work();
    const rest = (performance.now() - startedAt) * (1 / this.#options.duty - 1);
    if (rest > 0) await sleep(rest, undefined, { signal });
    return result;
  }
}

/** Only while the member is as it was read: whoever assigns itself meanwhile knows better. */
function moveTo({ userId, cityKey, city, modelId, features }: ScoredMember, placement: Placement): Move {
  return { userId, to: { cityKey, city, placement }, forget: false, expected: { modelId, features } };
}
