import { activeSets } from '../../src/onnx/active-sets';

const unit = (...values: number[]) => Float64Array.from(values, (v) => v / (Math.hypot(...values) || 1));

describe('active sets', () => {
  it('are all subsets of independent components, the empty one first', () => {
    const { sets } = activeSets([unit(1, 0, 0), unit(0, 1, 0), unit(0, 0, 1)]);
    expect(sets.map(({ active }) => active.map(Number).join(''))).toEqual([
      '000',
      '100',
      '010',
      '110',
      '001',
      '101',
      '011',
      '111',
    ]);
  });

  it('leave out every set with a zero component, or with one twice', () => {
    const { sets, smallestPivot } = activeSets([unit(0, 0), unit(1, 1), unit(2, 2)]);
    expect(sets.map(({ active }) => active.map(Number).join(''))).toEqual(['000', '010', '001']);
    expect(sets.flatMap(({ values }) => values.flatMap((row) => [...row])).every(Number.isFinite)).toBe(true);
    expect(smallestPivot).toBeCloseTo(1, 12);
  });

  it('give weights to the active and gradients to the others', () => {
    const { sets } = activeSets([unit(1, 0), unit(1, 1)]);
    const [, first] = sets;
    // With only h₀ = (1, 0): w₀ = x₀, and the gradient for h₁ = (1, 1)/√2 is w₀/√2 − h₁x = −x₁/√2.
    expect(first?.active).toEqual([true, false]);
    expect(first?.values[0]).toEqual(Float64Array.of(1, 0));
    expect(first?.values[1]?.[0]).toBeCloseTo(0, 12);
    expect(first?.values[1]?.[1]).toBeCloseTo(-Math.SQRT1_2, 12);
  });

  it('tell how close the components are to being dependent', () => {
    expect(activeSets([unit(1, 0), unit(1, 0.01)]).smallestPivot).toBeCloseTo(1e-4, 6);
  });
});
