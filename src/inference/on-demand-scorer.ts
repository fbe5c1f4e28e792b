import type { Scorer, Scores } from './scorer';

/**
 * A model that is in memory only while somebody needs it. Whoever holds it finds it loaded; whoever asks without
 * holding it is answered all the same, after it was loaded for that one run. So a model that was replaced answers
 * the requests that still have it, and is then gone.
 */
export class OnDemandScorer implements Omit<Scorer, 'close'> {
  #session: Promise<Scorer> | null = null;
  #users = 0;

  /** @param open loads the model. */
  constructor(
    private readonly open: () => Promise<Scorer>,
    readonly featureCount: number,
    readonly segmentCount: number,
  ) {}

  /**
   * Loads the model, and keeps it until `letGo` was called as often.
   *
   * @throws ClientError MODEL_UNAVAILABLE when it cannot be loaded; then it is not held.
   */
  async hold(): Promise<void> {
    await this.#enter();
  }

  /** Resolves when the model is released, unless somebody else still needs it. */
  async letGo(): Promise<void> {
    await this.#leave();
  }

  async score(rows: Float32Array): Promise<Scores> {
    const session = await this.#enter();
    try {
      return await session.score(rows);
    } finally {
      await this.#leave();
    }
  }

  async #enter(): Promise<Scorer> {
    this.#users += 1;
    this.#session ??= this.open();
    const opening = this.#session;
    try {
      return await opening;
    } catch (error) {
      this.#users -= 1;
      if (this.#session === opening) this.#session = null; // the next one tries again
      throw error;
    }
  }

  async #leave(): Promise<void> {
    this.#users -= 1;
    if (this.#users > 0 || this.#session === null) return;
    const session = this.#session;
    this.#session = null; // whoever comes now loads it anew
    await (await session).close();
  }
}
