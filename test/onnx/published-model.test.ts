import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultModelFile } from '../../src/models/shipped/default-model';
import { manifestOf } from '../../src/onnx/segmentation-model';
import { describeWithSharedData, sharedData } from '../shared-data';
import { kktResidual } from './kkt';
import { scorePlainly } from './plain-onnx';

interface Expected {
  readonly interests: string;
  readonly affinities: number[];
  readonly cluster: number;
}

const model = readFileSync(defaultModelFile);
const manifest = manifestOf(model, defaultModelFile);

describe('the shipped model, run by stock ONNX Runtime', () => {
  it('puts all interests at once into cluster 4 and none into no cluster', async () => {
    const all = manifest.features.map(() => 1);
    const { affinities, segments } = await scorePlainly(model, [all, all.map(() => 0)]);
    expect(segments).toEqual([3, -1]);
    expect(affinities[1]).toEqual([0, 0, 0, 0]);
    expect(kktResidual(manifest.components, all, affinities[0] as number[])).toBeLessThan(1e-5);
  });
});

describeWithSharedData('the shipped model against the reference figures', () => {
  const read = (file: string) => JSON.parse(readFileSync(join(sharedData, 'nomads', file), 'utf8'));

  it('agrees with every row: the same cluster, affinities within 1e-4', async () => {
    const { survey, random } = read('expected.json') as { survey: Expected[]; random: Expected[] };
    const rows = [...survey, ...random];
    expect(rows).toHaveLength(315);
    const { affinities, segments } = await scorePlainly(
      model,
      rows.map((row) => Array.from(row.interests, Number)),
    );
    rows.forEach((row, i) => {
      row.affinities.forEach((affinity, s) => {
        expect(Math.abs((affinities[i]?.[s] as number) - affinity)).toBeLessThan(1e-4);
      });
      const [best = 0, second = 0] = row.affinities.toSorted((a, b) => b - a);
      if (best - second >= 1e-5) expect((segments[i] as number) + 1).toBe(row.cluster);
    });
    const sizes = [0, 1, 2, 3].map((s) => segments.slice(0, survey.length).filter((x) => x === s).length);
    expect(sizes).toEqual([27, 38, 22, 28]);
  });

  it('answers the example as published', async () => {
    const { interests } = read('example.json') as { interests: Record<string, boolean> };
    const { affinities, segments } = await scorePlainly(model, [
      manifest.features.map(({ key }) => Number(interests[key])),
    ]);
    expect(segments).toEqual([3]);
    [0.07237, 0.10468, 0, 0.18031].forEach((affinity, s) => {
      expect(affinities[0]?.[s]).toBeCloseTo(affinity, 5);
    });
  });
});
