import { FeatureMapping } from '../../src/models/feature-mapping';
import type { SegmentationManifest } from '../../src/onnx/manifest';
import { LARGEST_FEATURE } from '../../src/segmentation/rows/feature-row';
import { aManifest } from './a-manifest';

function vocabulary(features: readonly string[], encoding: SegmentationManifest['encoding'] = []) {
  return aManifest({ features, segments: { one: features.map(() => 1) }, encoding });
}
function map(from: SegmentationManifest, to: SegmentationManifest, row: readonly number[]) {
  const into = new Float32Array(to.features.length);
  const isWhole = new FeatureMapping(from, to).apply(Float32Array.from(row), into);
  return { row: [...into], isWhole };
}

describe('FeatureMapping', () => {
  const from = vocabulary(['surf', 'wine', 'chess']);

  it('puts features where their keys are, and leaves what is new at zero', () => {
    const to = vocabulary(['chess', 'opera', 'surf', 'wine']);
    expect(map(from, to, [1, 0, 0.5])).toEqual({ row: [0.5, 0, 1, 0], isWhole: true });
  });

  it('says when something gets lost, but not of what was not liked anyway', () => {
    const to = vocabulary(['surf']);
    expect(map(from, to, [1, 0, 0])).toEqual({ row: [1], isWhole: true });
    expect(map(from, to, [1, 0, 1])).toEqual({ row: [1], isWhole: false });
  });

  describe('of numbers that two versions scaled differently', () => {
    const number = (scale: 'NONE' | 'MAX' | 'LOG', divisor: number) =>
      vocabulary(['spent'], [{ kind: 'NUMBER', column: 'Spent', feature: 'spent', scale, divisor }]);

    it.each([
      ['by another maximum', number('MAX', 100), number('MAX', 400), 0.5, 0.125],
      ['to logarithms', number('NONE', 1), number('LOG', 2), Math.E - 1, 0.5],
      ['from logarithms', number('LOG', 2), number('MAX', 10), 0.5, (Math.E - 1) / 10],
      ['the same', number('LOG', 3), number('LOG', 3), 0.25, 0.25],
      ['past what can be scored', number('LOG', 1_000), number('NONE', 1), 1, LARGEST_FEATURE],
    ])('reads them anew: %s', (_, source, target, value, wanted) => {
      const [read = 0] = map(source, target, [value]).row;
      expect(read / wanted).toBeCloseTo(1, 6);
    });
  });
});
