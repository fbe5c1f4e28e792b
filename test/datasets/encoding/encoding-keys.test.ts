import fc from 'fast-check';
import { camelKey, uniqueKeys } from '../../../src/datasets/encoding/feature-key';

describe('camelKey', () => {
  it.each([
    ['Guided visits', 'guidedVisits'],
    ['BMX', 'bmx'],
    ['Café (solo)', 'cafeSolo'],
    ['Straße', 'strasse'],
    ['guidedVisits', 'guidedVisits'],
    ['18-25', '18_25'],
    ['¿?', ''],
  ])('makes %j %j', (text, key) => {
    expect(camelKey(text)).toBe(key);
  });
});

describe('uniqueKeys', () => {
  it('puts the column before what is not clear by itself', () => {
    const texts = [
      { text: 'Other', column: 'Sport' },
      { text: 'Other', column: 'Food' },
      { text: '18-25', column: 'Age' },
      { text: 'surf', column: 'Sport' },
      { text: '日本', column: '国' },
      { text: 'Age', column: 'Age' },
      { text: 'age', column: 'Likes' },
    ];
    expect(uniqueKeys(texts, ['surf'])).toEqual([
      'sportOther',
      'foodOther',
      'age18_25',
      'sportSurf',
      'feature',
      'age',
      'likesAge',
    ]);
  });

  it('gives every text a key of its own, that starts with a letter', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('Other', 'other', 'Other!', '1', '2', 'a1'),
    );
    const named = fc.record({ text, column: fc.constantFrom('Food', 'food', '1', '', 'a') });
    fc.assert(
      fc.property(
        fc.array(named),
        fc.array(fc.constantFrom('other', 'foodOther', 'feature')),
        (texts, taken) => {
          const keys = uniqueKeys(texts, taken);
          expect(new Set([...keys, ...taken]).size).toBe(keys.length + new Set(taken).size);
          for (const key of keys) expect(key).toMatch(/^[A-Za-z][A-Za-z0-9_]*$/);
        },
      ),
    );
  });
});
