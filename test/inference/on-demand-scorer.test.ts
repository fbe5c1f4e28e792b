import { OnDemandScorer } from '../../src/inference/on-demand-scorer';
import type { Scorer, Scores } from '../../src/inference/scorer';

const SCORES: Scores = { affinities: Float32Array.of(1), segments: Int32Array.of(0) };

/** A model that knows whether it is loaded, and fails when it is asked without being. */
class Sessions {
  opened = 0;
  closed = 0;
  failures = 0;
  readonly scorer = new OnDemandScorer(() => this.#open(), 1, 1);

  async #open(): Promise<Scorer> {
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error('cannot be loaded');
    }
    this.opened += 1;
    let isOpen = true;
    return {
      featureCount: 1,
      segmentCount: 1,
      async score() {
        await new Promise(setImmediate);
        if (!isOpen) throw new Error('scored after it was closed');
        return SCORES;
      },
      close: async () => {
        isOpen = false;
        this.closed += 1;
      },
    };
  }
}

describe('OnDemandScorer', () => {
  const row = Float32Array.of(1);

  it('loads the model once for all who hold it, and keeps it until the last lets go', async () => {
    const sessions = new Sessions();
    await Promise.all([sessions.scorer.hold(), sessions.scorer.hold()]);
    await Promise.all([sessions.scorer.score(row), sessions.scorer.score(row)]);
    await sessions.scorer.letGo();
    expect(await sessions.scorer.score(row)).toBe(SCORES);
    expect([sessions.opened, sessions.closed]).toEqual([1, 0]);
    await sessions.scorer.letGo();
    expect(sessions.closed).toBe(1);
  });

  it('answers what is under way when it is let go, and only then releases the model', async () => {
    const sessions = new Sessions();
    await sessions.scorer.hold();
    const underWay = [1, 2, 3].map(() => sessions.scorer.score(row));
    await sessions.scorer.letGo();
    expect(await Promise.all(underWay)).toEqual([SCORES, SCORES, SCORES]);
    expect([sessions.opened, sessions.closed]).toEqual([1, 1]);
  });

  it('answers those who come late, and leaves nothing behind', async () => {
    const sessions = new Sessions();
    await sessions.scorer.hold();
    const letGo = sessions.scorer.letGo();
    const late = [sessions.scorer.score(row), sessions.scorer.score(row)];
    expect(await Promise.all(late)).toEqual([SCORES, SCORES]);
    await letGo;
    expect([sessions.opened, sessions.closed]).toEqual([2, 2]);
  });

  it('tries again after a failure', async () => {
    const sessions = new Sessions();
    sessions.failures = 1;
    const both = await Promise.allSettled([sessions.scorer.hold(), sessions.scorer.score(row)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await sessions.scorer.score(row)).toBe(SCORES);
    expect([sessions.opened, sessions.closed]).toEqual([1, 1]);
  });
});
