import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Metrics } from '../../metrics';
import type { Database } from '../../storage/database';
import type { MembershipQuota } from './membership-quota';
import type { Move, MoveResult } from './move';
import { procedure as moveMembers } from './move-members';

const LARGEST_GROUP = 256;
const MOST_GROUPS_IN_FLIGHT = 4;
/**
 * Every answer sets off the writing of a whole response. A few at a time, requests are read and sent to the database
 * in between, and the two work side by side instead of by turns: a fifth more assignments per second.
 */
const ANSWERS_PER_TURN = 8;

export interface MoveWriterOptions {
  readonly database: Database;
  readonly organizationId: string;
  readonly quota: MembershipQuota;
  readonly metrics: Metrics;
  /** Told of every group after its commit, in the order of commits, before the moves' own answers. */
  readonly onCommit: (moves: readonly Move[], results: readonly MoveResult[]) => void;
  /** Defects of `onCommit`, which concern no move: they are committed. */
  readonly onError: (error: unknown) => void;
}

interface Waiting {
  readonly move: Move;
  resolve(result: MoveResult): void;
  reject(error: unknown): void;
}

/** Moves that wait for one another, but for no other lane's. */
interface Lane {
  queue: Waiting[];
  inFlight: number;
  readonly mostInFlight: number;
}

/**
 * Writes moves in groups, a transaction for each: those that arrive while the groups before are under way
 * share the next one. Moves of the same user keep their order; an answer means that it is committed.
 *
 * Nobody waits for the moves that the gateway makes by itself: they have a lane of their own. But a user stands in
 * one group at a time, whatever the lane, so that people are told of a user's moves in the order of the commits.
 */
export class MoveWriter {
  readonly #options: MoveWriterOptions;
  readonly #asked: Lane;
  readonly #background: Lane = { queue: [], inFlight: 0, mostInFlight: 1 };
  readonly #busyUsers = new Set<string>();
  #scheduled = false;
  #idle: (() => void)[] = [];

  constructor(options: MoveWriterOptions) {
    this.#options = options;
    const mostInFlight = Math.min(options.database.concurrency, MOST_GROUPS_IN_FLIGHT);
    this.#asked = { queue: [], inFlight: 0, mostInFlight };
  }

  /** Writes what somebody asked for and waits for. */
  write(move: Move): Promise<MoveResult> {
    return this.#enqueue(this.#asked, move);
  }

  /** Writes what nobody waits for, beside what somebody does. */
  writeInBackground(move: Move): Promise<MoveResult> {
    return this.#enqueue(this.#background, move);
  }

  /** Resolves when everything that was accepted is written. */
  async drain(): Promise<void> {
    if (this.#isIdle()) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #enqueue(lane: Lane, move: Move): Promise<MoveResult> {
    return new Promise((resolve, reject) => {
      lane.queue.push({ move, resolve, reject });
      this.#schedule(lane);
    });
  }

  #isIdle(): boolean {
    return [this.#asked, this.#background].every(({ queue, inFlight }) => queue.length + inFlight === 0);
  }

  /** At the end of this turn of the event loop: whatever else arrives in it joins the group. */
  #schedule({ inFlight, mostInFlight }: Lane): void {
    if (this.#scheduled || inFlight >= mostInFlight) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#startGroups();
    });
  }

  #startGroups(): void {
    for (const lane of [this.#asked, this.#background]) {
      while (lane.inFlight < lane.mostInFlight) {
        const group = this.#takeGroup(lane);
        if (group.length === 0) break;
        void this.#commit(lane, group);
      }
    }
  }

  /** The longest waiting moves whose users are in no other group, one per user. */
  #takeGroup(lane: Lane): Waiting[] {
    const group: Waiting[] = [];
    const left: Waiting[] = [];
    const passedOver = new Set<string>();
    for (const waiting of lane.queue) {
      const { userId } = waiting.move;
      if (group.length === LARGEST_GROUP || this.#busyUsers.has(userId) || passedOver.has(userId)) {
        passedOver.add(userId);
        left.push(waiting);
      } else {
        this.#busyUsers.add(userId);
        group.push(waiting);
      }
    }
    lane.queue = left;
    return group;
  }

  async #commit(lane: Lane, group: readonly Waiting[]): Promise<void> {
    lane.inFlight += 1;
    const moves = group.map(({ move }) => move);
    const settle = await this.#transact(moves).then(
      (results) => {
        this.#tell(moves, results);
        return (i: number) => this.#answer(group[i] as Waiting, results[i] as MoveResult);
      },
      (error: unknown) => (i: number) => group[i]?.reject(error),
    );
    for (const { move } of group) this.#busyUsers.delete(move.userId);
    lane.inFlight -= 1;
    // The next group first: the database works on it while this one's answers are sent.
    this.#startGroups();
    for (let i = 0; i < group.length; i++) {
      if (i > 0 && i % ANSWERS_PER_TURN === 0) await nextTurn();
      settle(i);
    }
    if (this.#asked.inFlight + this.#background.inFlight === 0)
      for (const resolve of this.#idle.splice(0)) resolve();
  }

  #answer({ resolve, reject }: Waiting, result: MoveResult): void {
    const { refused } = result;
    if (refused === null) resolve(result);
    else reject(this.#options.quota.refusal(refused.what, refused.limit));
  }

  #tell(moves: readonly Move[], results: readonly MoveResult[]): void {
    try {
      this.#options.onCommit(moves, results);
    } catch (error) {
      this.#options.onError(error);
    }
  }

  async #transact(moves: readonly Move[]): Promise<readonly MoveResult[]> {
    const { database, organizationId, metrics, quota } = this.#options;
    const endTimer = metrics.commitSeconds.startTimer();
    metrics.commitGroupSize.observe(moves.length);
    const results = await database
      .scope(organizationId)
      .call(moveMembers, { organizationId, defaults: quota.defaults, moves });
    endTimer();
    return results;
  }
}
