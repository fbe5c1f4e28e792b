import fc from 'fast-check';
import { textBetween } from '../../src/membership/text-between';

const utf8 = (text: string) => Buffer.from(text);

describe('textBetween', () => {
  it('sorts not before the first text’s beginning, and not past the last one’s', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });
    const random = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
      minLength: 7,
      maxLength: 7,
    });
    fc.assert(
      fc.property(text, text, random, (one, other, numbers) => {
        const [first, last] = [one, other].sort((a, b) => Buffer.compare(utf8(a), utf8(b))) as [
          string,
          string,
        ];
        let i = 0;
        const between = textBetween(first, last, () => numbers[i++] ?? 0);
        expect(between.isWellFormed()).toBe(true);
        expect(between).not.toContain('\0');
        let common = 0;
        while (common < first.length && first[common] === last[common]) common += 1;
        expect(between.startsWith([...last].slice(0, [...last.slice(0, common)].length).join(''))).toBe(true);
      }),
    );
  });

  it('reaches all of a range', () => {
    const starts = [0, 0.25, 0.5, 0.75, 0.99].map((place) => textBetween('id-100', 'id-900', () => place)[3]);
    expect(starts).toEqual(['1', '3', '5', '7', '9']);
  });
});
