import { checkText } from '../check-text';
import type { Metrics } from '../metrics';
import type { ServingModel } from '../models/registry/serving-model';
import type { Database } from '../storage/database';
import { type Assignment, type AssignmentMessage, assignmentMessage } from './assignment';
import { parseCityName } from './cities/city-name';
import { encodeFloats } from './floats';
import type { MembershipEvent } from './log/event';
import type { MembershipQuota } from './moves/membership-quota';
import { LOBBY, type Move, type MoveResult } from './moves/move';
import { MoveWriter } from './moves/move-writer';

const LONGEST_USER_ID = 128;

/** @throws ClientError BAD_USER_INPUT. */
export function checkUserId(userId: string): void {
  checkText('userId', userId, LONGEST_USER_ID);
}

export interface AssignRequest {
  readonly userId: string;
  readonly city: string;
  /** The d numbers of the model's vocabulary. */
  readonly features: Float32Array;
}

export interface MembershipOptions {
  readonly database: Database;
  readonly quota: MembershipQuota;
  readonly metrics: Metrics;
  /** Told of committed events, before whoever caused them. */
  readonly onEvents: (events: readonly MembershipEvent[]) => void;
  /** Told of committed assignments that differ from the member's last, in the order of their commits. */
  readonly onAssignment: (organizationId: string, assignment: AssignmentMessage) => void;
  /** Told of a person whom members and log have forgotten. */
  readonly onForget?: (organizationId: string, userId: string) => void;
  readonly onError: (error: unknown) => void;
}

/** Puts people into the rooms of cities, and takes them out again. */
export class Membership {
  readonly #options: MembershipOptions;
  readonly #writers = new Map<string, MoveWriter>();

  constructor(options: MembershipOptions) {
    this.#options = options;
  }

  /**
   * Scores the features and puts the user into the city's room of the strongest segment, or into its lobby
   * when there is none. Answers when it is committed and announced.
   *
   * @throws ClientError BAD_USER_INPUT, QUOTA_EXCEEDED, MODEL_UNAVAILABLE, STORAGE_UNAVAILABLE.
   */
  async assign(organizationId: string, model: ServingModel, request: AssignRequest): Promise<Assignment> {
    const { userId, city, features } = request;
    checkUserId(userId);
    const { name, key } = parseCityName('city', city);
    const { affinities, segment } = await model.scorer.scoreOne(features);
    const chosen = model.manifest.segments[segment];
    const placement = {
      modelId: model.id,
      segmentKey: chosen?.key ?? LOBBY,
      segmentNumber: chosen?.number ?? null,
      features: encodeFloats(features),
      affinities: encodeFloats(affinities),
    };
    const result = await this.#write(organizationId, {
      userId,
      to: { cityKey: key, city: name, placement },
      forget: false,
    });
    const { room, assignedAt, changed, seq } = result;
    if (room === null || result.city === null || assignedAt === null)
      throw new Error('A move to a city ended nowhere');
    return {
      userId,
      modelId: model.id,
      features,
      affinities,
      room: { ...room, city: result.city },
      changed,
      seq,
      assignedAt,
    };
  }

  /** @returns false when the user was in no city. */
  async leave(organizationId: string, userId: string): Promise<boolean> {
    checkUserId(userId);
    return (await this.#write(organizationId, { userId, to: null, forget: false })).changed;
  }

  /** Leaves, and erases the person from the log. @returns false when nothing was known of the user. */
  async forget(organizationId: string, userId: string): Promise<boolean> {
    checkUserId(userId);
    const known = await this.#isLogged(organizationId, userId);
    const { changed } = await this.#write(organizationId, { userId, to: null, forget: true });
    this.#options.onForget?.(organizationId, userId);
    return changed || known;
  }

  /**
   * Moves members as a job does: beside what people ask for, which does not wait for it. Answers in the moves' order,
   * when they are committed and announced.
   */
  async moveInBackground(organizationId: string, moves: readonly Move[]): Promise<MoveResult[]> {
    const writer = this.#writer(organizationId);
    return Promise.all(moves.map((move) => writer.writeInBackground(move)));
  }

  /** Resolves when everything that was accepted is committed. */
  async drain(): Promise<void> {
    await Promise.all([...this.#writers.values()].map((writer) => writer.drain()));
  }

  #write(organizationId: string, move: Move): Promise<MoveResult> {
    return this.#writer(organizationId).write(move);
  }

  #writer(organizationId: string): MoveWriter {
    let writer = this.#writers.get(organizationId);
    if (writer === undefined) {
      const { database, quota, metrics, onError } = this.#options;
      const onCommit = this.#announce.bind(this, organizationId);
      writer = new MoveWriter({ database, organizationId, quota, metrics, onCommit, onError });
      this.#writers.set(organizationId, writer);
    }
    return writer;
  }

  #announce(organizationId: string, moves: readonly Move[], results: readonly MoveResult[]): void {
    this.#options.onEvents(results.flatMap(({ events }) => events));
    for (const [i, move] of moves.entries()) {
      const message = assignmentMessage(move, results[i] as MoveResult);
      if (message !== null) this.#options.onAssignment(organizationId, message);
    }
  }

  async #isLogged(organizationId: string, userId: string): Promise<boolean> {
    const rows = await this.#options.database
      .scope(organizationId)
      .query('select from membership_events where organization_id = $1 and user_id = $2 limit 1', [
        organizationId,
        userId,
      ]);
    return rows.length > 0;
  }
}
