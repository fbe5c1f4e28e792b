import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readManifest } from '../../../src/models/read-manifest';
import { defaultModelFile, defaultModelFolder } from '../../../src/models/shipped/default-model';
import { makeDefaultModel } from '../../../src/models/shipped/make-default-model';
import { nomadsManifest } from '../../../src/models/shipped/nomads-manifest';
import { parseManifest } from '../../../src/onnx/manifest';
import { describeWithSharedData, sharedData } from '../../shared-data';

const shipped = (name: string) => readFileSync(join(defaultModelFolder, name));

describe('the shipped model', () => {
  it.each(['nomads.onnx', 'nomads.json', 'nomads.svg'])('is what the script makes: %s', async (name) => {
    const made = await makeDefaultModel();
    expect(Buffer.from(made[name] as Uint8Array).equals(shipped(name))).toBe(true);
  });

  it('has one manifest, in the file and beside it', async () => {
    expect(await readManifest(defaultModelFile)).toEqual(
      parseManifest(shipped('nomads.json').toString(), 'nomads.json'),
    );
  });

  it('speaks both languages everywhere', async () => {
    const { features, groups, segments } = await readManifest(defaultModelFile);
    const texts = [...features, ...groups, ...segments].map(({ label }) => label);
    expect([...texts, ...segments.map((s) => s.description)].filter(({ es }) => es === undefined)).toEqual(
      [],
    );
  });

  it('is not made from a vocabulary in another order', () => {
    const published = JSON.parse(shipped('published-components.json').toString());
    expect(() => nomadsManifest({ ...published, features: published.features.toReversed() })).toThrow(
      'The published features are sunsets,parties',
    );
  });
});

describeWithSharedData('the shipped model against the published one', () => {
  it('has the same interests and components', async () => {
    const seed = JSON.parse(readFileSync(join(sharedData, 'nomads', 'seed_model.json'), 'utf8'));
    const { features, components } = await readManifest(defaultModelFile);
    expect(features.map(({ key }) => key)).toEqual(seed.features);
    expect(components).toEqual(seed.components);
  });
});
