import { ClientError } from '../../src/errors';
import { CoalescingScorer } from '../../src/inference/coalescing-scorer';
import { LocalScorer } from '../../src/inference/local-scorer';
import type { Scorer } from '../../src/inference/scorer';
import { Metrics } from '../../src/metrics';
import { defaultModelFile } from '../../src/models/shipped/default-model';

const FEATURES = 26;

describe('CoalescingScorer', () => {
  let local: LocalScorer;
  let metrics: Metrics;
  let scorer: CoalescingScorer;

  beforeAll(async () => {
    local = await LocalScorer.open(defaultModelFile);
  });
  beforeEach(() => {
    metrics = new Metrics();
    scorer = new CoalescingScorer(local, metrics);
  });
  afterEach(() => metrics.registry.clear());
  afterAll(() => local.close());

  const row = (i: number) => Float32Array.from({ length: FEATURES }, (_, f) => (i >> (f % 13)) & 1);
  const runs = async () => {
    const { values } = await metrics.scoringBatchSize.get();
    const of = (name: string) => values.find((v) => v.metricName?.endsWith(name))?.value;
    return { count: of('_count'), rows: of('_sum') };
  };

  it('gives everyone the answer to their own row', async () => {
    const rows = Array.from({ length: 500 }, (_, i) => row(i));
    const together = await Promise.all(rows.map((r) => scorer.scoreOne(r)));
    for (const [i, r] of rows.entries()) {
      const { affinities, segments } = await local.score(r);
      expect(together[i]?.segment).toBe(segments[0]);
      affinities.forEach((affinity, s) => {
        expect(together[i]?.affinities[s]).toBeCloseTo(affinity, 6);
      });
      expect(together[i]?.affinities).toHaveLength(4);
    }
  });

  it('scores all of one turn in one run', async () => {
    await Promise.all(Array.from({ length: 300 }, (_, i) => scorer.scoreOne(row(i))));
    expect(await runs()).toEqual({ count: 1, rows: 300 });
    const { values } = await metrics.scoringSeconds.get();
    expect(values.find((v) => v.metricName?.endsWith('_count'))?.value).toBe(1);
  });

  it('takes at most 1,000 rows in a run', async () => {
    await Promise.all(Array.from({ length: 2500 }, (_, i) => scorer.scoreOne(row(i))));
    expect(await runs()).toEqual({ count: 3, rows: 2500 });
  });

  it('remembers nothing between turns', async () => {
    const r = row(5);
    const before = await scorer.scoreOne(r);
    r.fill(0);
    expect(before.segment).toBeGreaterThanOrEqual(0);
    expect((await scorer.scoreOne(r)).segment).toBe(-1);
  });

  it('refuses a bad row alone', async () => {
    const answers = await Promise.allSettled([
      scorer.scoreOne(row(7)),
      scorer.scoreOne(row(7).fill(Number.NaN, 3, 4)),
      scorer.scoreOne(new Float32Array(FEATURES * 2)),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(answers[1]).toMatchObject({ reason: { extensions: { code: 'BAD_USER_INPUT' } } });
    expect(answers[2]).toMatchObject({ reason: { message: 'The model takes 26 features, not 52' } });
  });

  it('passes the model’s failure on to everyone who waits, and goes on', async () => {
    let available = false;
    const failing: Scorer = {
      featureCount: FEATURES,
      segmentCount: 4,
      score: (rows) =>
        available ? local.score(rows) : Promise.reject(new ClientError('MODEL_UNAVAILABLE', 'No answer')),
      close: () => Promise.resolve(),
    };
    const coalescing = new CoalescingScorer(failing, metrics);
    const answers = await Promise.allSettled([coalescing.scoreOne(row(1)), coalescing.scoreOne(row(2))]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    available = true;
    expect((await coalescing.scoreOne(row(1))).affinities).toHaveLength(4);
  });
});
