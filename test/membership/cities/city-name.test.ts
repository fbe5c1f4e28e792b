import { cityKey, parseCityName } from '../../../src/membership/cities/city-name';
import { nameApart } from '../../../src/membership/cities/match-cities';

const same = (a: string, b: string) => expect([a, parseCityName('city', a).key]).toEqual([a, cityKey(b)]);
const other = (a: string, b: string) => expect(cityKey(a)).not.toBe(cityKey(b));

describe('two spellings are the same city', () => {
  it.each([
    ['  São Paulo ', 'SÃO PAULO'],
    ['São Paulo', 'Sa\u0303o Paulo'],
    ['New \u00a0 York', 'new york'],
    ['ＬＩＳＢＯＮ', 'Lisbon'],
    ['Straßburg', 'STRASSBURG'],
    ['GROẞENHAIN', 'großenhain'],
    ['ΧΑΝΙΆ ΤΗΣ ΚΡΉΤΗΣ', 'χανιά της κρήτης'],
    ['İstanbul', 'istanbul'],
    ['IĞDIR', 'ığdır'],
    ['L’Aquila', "L'Aquila"],
    ['Stratford–upon‑Avon', 'Stratford-upon-Avon'],
    ['ﬁnale', 'Finale'],
    // Whole words of letters that look like Latin ones.
    ['Оса', 'Oca'],
    ['ТОМАР', 'Tomap'],
    ['Москва', 'Mockba'],
    ['ꓑꓮꓣꓲꓢ', 'Paris'],
    ['ᏢᎪᎡᏚ', 'Pars'],
  ])('%s and %s', same);

  it.each([
    ['Paris', 'Pariš'],
    ['東京', '东京'],
    ['a b', 'ab'],
  ])('but not %s and %s', other);

  it('whatever letter it is, in any case, once more or taken apart', () => {
    for (let code = 0x80; code < 0x20000; code++) {
      const letter = String.fromCodePoint(code);
      if (!/\p{L}/u.test(letter)) continue;
      const key = cityKey(letter);
      const ways = [
        key,
        letter.toLowerCase(),
        letter.toUpperCase(),
        letter.normalize('NFD'),
        letter.normalize('NFKC'),
      ];
      expect([letter, ...ways.map(cityKey)]).toEqual([letter, key, key, key, key, key]);
    }
  });
});

describe('a name', () => {
  it.each([
    'Lisbon',
    '東京',
    'ソウル特別市',
    '서울',
    'Αθήνα (Athens)',
    'Tōkyō東京',
    'ᐃᖃᓗᐃᑦ',
    'كراتشي',
    "Xi'an",
    '42',
    '🏙',
    'ʻAiea',
  ])('may be %s', (name) => {
    expect(parseCityName('city', ` ${name} `).name).toBe(name);
  });

  it.each([
    ['Pаris', /mixes scripts within "Pаris"/],
    ['New Yοrk', /mixes scripts within "Yοrk"/],
    ['Lis\u200bbon', /holds U\+200B as character 4/],
    ['\u202eLisbon', /holds U\+202E as character 1/],
    ['Lis\u00adbon', /U\+00AD/],
    ['A\u3164', /U\+3164 as character 2/],
    ['A\u2800B', /U\+2800/],
    ['A\ufe0f', /U\+FE0F/],
    ['\u0301', /nothing that can be seen/],
    ['𐌀𐌁', /no script in use today/],
    ['\ufdfa'.repeat(100), /characters in NFKC/],
    ['', /is empty/],
    ['x'.repeat(101), /101 characters/],
    ['a\nb', /control character/],
  ])('may not be %j', (name, message) => {
    expect(() => parseCityName('to', name)).toThrow(message);
    expect(() => parseCityName('to', name)).toThrow(/^to /);
  });
});

describe('cities from before', () => {
  const names = (...before: string[]) =>
    nameApart(before.map((name, id) => ({ id: String(id), name }))).map(({ name }) => name);

  it('keep their names, the oldest first; the others get a number that nobody has', () => {
    const before = [
      'Lisbon',
      'Straße',
      'ＬＩＳＢＯＮ',
      'Lisbon (2)',
      'strasse',
      'Lis\u200bbon',
      'Pаris',
      'Paris',
    ];
    expect(names(...before)).toEqual([
      ...[
        'Lisbon',
        'Straße',
        'ＬＩＳＢＯＮ (3)',
        'Lisbon (2)',
        'strasse (2)',
        'Lisbon (4)',
        'Paris',
        'Paris (2)',
      ],
    ]);
  });

  it('have names that may be written, all of them others', () => {
    const before = [
      '\u200b',
      '\u2800',
      'Zürichж中',
      '𐌀',
      'Lж',
      'x'.repeat(100),
      'X'.repeat(100),
      '\ufdfa'.repeat(100),
    ];
    const after = names(...before);
    for (const name of after) expect(parseCityName('city', name).name).toBe(name);
    expect(new Set(after.map(cityKey)).size).toBe(before.length);
  });
});
