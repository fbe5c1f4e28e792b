import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AssignAndExplainDocument,
  CitiesDocument,
  HeatmapDocument,
  InterestsDocument,
  type InterestsInput,
  MemberDocument,
  PreviewDocument,
  SegmentDocument,
  SegmentsDocument,
} from '../client/generated';
import { useGateway } from '../e2e/gateway';
import { LIKES } from '../e2e/people';
import { embeddedStorage } from '../e2e/storages';
import { describeWithSharedData, sharedData } from '../shared-data';

const gateway = useGateway(embeddedStorage);

async function preview(interests: InterestsInput) {
  return (await gateway.client.run(PreviewDocument, { interests })).previewAssignment;
}

/** The replaced API's answer. It wants every key. */
async function replacedCluster(interests: InterestsInput): Promise<number> {
  const { interests: vocabulary } = await gateway.client.run(InterestsDocument, {});
  const flags = Object.fromEntries(vocabulary.map(({ key }) => [key, false]));
  const response = await gateway.client.post('/cluster', { _id: 'x', interests: { ...flags, ...interests } });
  const { cluster } = (await response.json()) as { cluster: number };
  return cluster;
}

describe('previewAssignment', () => {
  it('says what an assignment would say, and stores nothing', async () => {
    const foreseen = await preview(LIKES[3]);
    expect(await gateway.client.run(CitiesDocument, {})).toMatchObject({ cities: { edges: [] } });
    expect(await gateway.client.run(MemberDocument, { userId: 'ann' })).toEqual({ member: null });
    const input = { userId: 'ann', city: 'Lisbon', interests: LIKES[3] };
    const { assignCluster } = await gateway.client.run(AssignAndExplainDocument, { input });
    expect(assignCluster).toMatchObject(foreseen);
    expect(foreseen.segment).toMatchObject({ number: foreseen.cluster });
  });

  it('puts nobody without interests anywhere', async () => {
    expect(await preview({})).toEqual({
      cluster: null,
      segment: null,
      margin: 0,
      affinities: [1, 2, 3, 4].map((number) => ({ segment: { number }, weight: 0, share: 0 })),
      reasons: [],
    });
  });

  it('takes no interest, an unset one and null for the same', async () => {
    expect(await preview({ ...LIKES[2], surf: false, coffee: null })).toEqual(await preview(LIKES[2]));
  });

  it('scores features by their values', async () => {
    const features = Object.keys(LIKES[2]).map((key) => ({ key, value: 2 }));
    const { previewAssignment: doubled } = await gateway.client.run(PreviewDocument, { features });
    const single = await preview(LIKES[2]);
    doubled.affinities.forEach(({ weight, share }, i) => {
      expect(weight).toBeCloseTo(2 * (single.affinities[i]?.weight ?? 0), 5);
      expect(share).toBeCloseTo(single.affinities[i]?.share ?? 0, 5);
    });
  });

  it.each([
    ['nothing', {}],
    ['both', { interests: {}, features: [] }],
    ['an unknown feature', { features: [{ key: 'chess', value: 1 }] }],
    [
      'a feature twice',
      {
        features: [
          { key: 'surf', value: 1 },
          { key: 'surf', value: 1 },
        ],
      },
    ],
    ['a negative value', { features: [{ key: 'surf', value: -1 }] }],
    ['a value that would overflow', { features: [{ key: 'surf', value: 1.1e12 }] }],
    ['a value past float32', { features: [{ key: 'surf', value: 1e39 }] }],
  ])('refuses %s', async (_what, variables) => {
    expect(await gateway.client.refusal(PreviewDocument, variables)).toMatchObject({
      code: 'BAD_USER_INPUT',
    });
  });

  it('names an interest that is none', async () => {
    const interests = { knitting: true } as InterestsInput;
    expect(await gateway.client.refusal(PreviewDocument, { interests })).toMatchObject({
      status: 400,
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('knitting'),
    });
  });
});

describe('the model', () => {
  it('names its interests in both languages', async () => {
    const { interests: en } = await gateway.client.run(InterestsDocument, {});
    const { interests: es } = await gateway.client.run(InterestsDocument, { locale: 'ES' });
    expect(en).toHaveLength(26);
    expect(en.find(({ key }) => key === 'trecking')).toEqual({
      key: 'trecking',
      label: 'Trekking',
      group: 'sport',
    });
    expect(es.find(({ key }) => key === 'trecking')).toMatchObject({ label: 'Senderismo' });
    expect(es.map(({ key }) => key)).toEqual(en.map(({ key }) => key));
    expect(new Set(en.map(({ group }) => group))).toEqual(new Set(['sport', 'culture', 'food', 'leisure']));
  });

  it('tells its segments in both languages, one by one and all at once', async () => {
    const { segments } = await gateway.client.run(SegmentsDocument, {});
    const { segments: es } = await gateway.client.run(SegmentsDocument, { locale: 'ES' });
    expect(segments.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
    for (const [i, segment] of segments.entries()) {
      const { number, key, label, description, topInterests } = segment;
      expect(await gateway.client.run(SegmentDocument, { number })).toEqual({ segment });
      expect(es[i]?.key).toBe(key);
      expect(es[i]?.label).not.toBe(label);
      expect(es[i]?.description).not.toBe(description);
      const weights = topInterests.map(({ weight }) => weight);
      expect(weights).toHaveLength(6);
      expect(weights).toEqual(weights.toSorted((a, b) => b - a));
    }
    expect(segments[0]?.topInterests.map(({ interest }) => interest.key)).toEqual([
      'chinese',
      'movies',
      'burguers',
      'italian',
      'coffee',
      'indian',
    ]);
    expect(segments[2]?.topInterests.slice(0, 3).map(({ interest }) => interest.key)).toEqual([
      'drinks',
      'parties',
      'concerts',
    ]);
  });

  it.each([0, 5, -1])('has no segment %d', async (number) => {
    expect(await gateway.client.run(SegmentDocument, { number })).toEqual({ segment: null });
  });

  it('draws its heat map over the largest weight of all', async () => {
    const { heatmap } = await gateway.client.run(HeatmapDocument, {});
    expect(heatmap.interests).toHaveLength(26);
    expect(heatmap.segments.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
    expect(heatmap.values.map((row) => row.length)).toEqual(heatmap.interests.map(() => 4));
    expect(Math.max(...heatmap.values.flat())).toBe(1);
    expect(Math.min(...heatmap.values.flat())).toBe(0);
    const drinks = heatmap.interests.findIndex(({ key }) => key === 'drinks');
    expect(heatmap.values[drinks]?.[2]).toBe(1);
  });
});

describe('all ways to score', () => {
  it('know the extremes', async () => {
    const { interests } = await gateway.client.run(InterestsDocument, {});
    const all = Object.fromEntries(interests.map(({ key }) => [key, true]));
    expect([await replacedCluster(all), (await preview(all)).cluster]).toEqual([4, 4]);
    expect([await replacedCluster({}), (await preview({})).cluster]).toEqual([1, null]);
  });
});

describeWithSharedData('known answers', () => {
  const read = (file: string) => JSON.parse(readFileSync(join(sharedData, 'nomads', file), 'utf8'));

  it('the example as the app sends it', async () => {
    const example = read('example.json');
    const response = await gateway.client.post('/cluster', example);
    expect(await response.json()).toEqual({ _id: '6172a562284bf0c3a4c8632a', cluster: 4 });
    const { cluster, affinities } = await preview(example.interests);
    expect(cluster).toBe(4);
    [0.07237, 0.10468, 0, 0.18031].forEach((weight, i) => {
      expect(affinities[i]?.weight).toBeCloseTo(weight, 4);
    });
  });

  it('every row of the survey: assignCluster, previewAssignment and POST /cluster agree with it', async () => {
    const { features: keys } = read('seed_model.json') as { features: string[] };
    const { survey, random } = read('expected.json') as Record<'survey' | 'random', KnownAnswer[]>;
    for (const [i, row] of [...survey, ...random.slice(0, 50)].entries()) {
      const interests = Object.fromEntries(keys.map((key, column) => [key, row.interests[column] === '1']));
      const input = { userId: `row ${i}`, city: 'Survey', interests };
      const [foreseen, { assignCluster }, cluster] = await Promise.all([
        preview(interests),
        gateway.client.run(AssignAndExplainDocument, { input }),
        replacedCluster(interests),
      ]);
      expect(assignCluster).toMatchObject(foreseen);
      expect([cluster, foreseen.cluster]).toEqual([row.cluster, row.cluster]);
      row.affinities.forEach((weight, segment) => {
        expect(Math.abs((foreseen.affinities[segment]?.weight ?? Number.NaN) - weight)).toBeLessThan(1e-4);
      });
    }
    const { segments } = await gateway.client.run(SegmentsDocument, {});
    expect(segments.reduce((sum, { memberCount }) => sum + memberCount, 0)).toBeGreaterThanOrEqual(165);
  });
});

interface KnownAnswer {
  readonly interests: string;
  readonly affinities: readonly number[];
  readonly cluster: number;
}
