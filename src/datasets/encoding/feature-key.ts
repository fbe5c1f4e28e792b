const LONGEST = 60;

/** Letters that have no base letter to fold to. */
const FOLDED: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  Æ: 'AE',
  œ: 'oe',
  Œ: 'OE',
  ø: 'o',
  Ø: 'O',
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
  ı: 'i',
};

/**
 * A text as a key: its words in camelCase, folded to ASCII. "Guided visits" gives `guidedVisits`, "Señor (€)" gives
 * `senor`; empty when no letter or digit is left. Numbers that stand side by side are kept apart: "18-25" is `18_25`.
 */
export function camelKey(text: string): string {
  const words = text
    .replace(/[ßæÆœŒøØłŁđĐı]/g, (letter) => FOLDED[letter] ?? '')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '');
  return words
    .map((word, i) => (i === 0 ? lowerFirst(word) : upperFirst(word)))
    .reduce((key, word) => (/\d$/.test(key) && /^\d/.test(word) ? `${key}_${word}` : key + word), '')
    .slice(0, LONGEST);
}

/** A text that wants a key, and the name of the column that it stands in. */
export interface Named {
  readonly text: string;
  readonly column: string;
}

/**
 * A key for every text, all different and none of those taken. Texts whose own key is not theirs alone, or starts
 * with a digit, carry their column's before it; where that does not tell them apart either, they are numbered.
 */
export function uniqueKeys(texts: readonly Named[], taken: Iterable<string>): string[] {
  const used = new Set(taken);
  const wanted = texts.map(({ text }) => camelKey(text));
  const times = new Map<string, number>();
  for (const key of wanted) times.set(key, (times.get(key) ?? 0) + 1);
  return texts.map(({ text, column }, i) => {
    const own = wanted[i] as string;
    const isClear = /^[A-Za-z]/.test(own) && times.get(own) === 1 && !used.has(own);
    const key = isClear ? own : numbered(longKey(text, column), used);
    used.add(key);
    return key;
  });
}

/** With the column before it, and something before that where it would not begin with a letter. */
function longKey(text: string, column: string): string {
  const key = camelKey(text === column ? text : `${column} ${text}`);
  return /^[A-Za-z]/.test(key) ? key : camelKey(`feature ${key}`);
}

function numbered(key: string, used: ReadonlySet<string>): string {
  if (!used.has(key)) return key;
  let number = 2;
  while (used.has(`${key}${number}`)) number++;
  return `${key}${number}`;
}

/** "Surf" gives `surf`, "surfBoard" stays, "BMX" gives `bmx`. */
function lowerFirst(word: string): string {
  return word === word.toUpperCase() ? word.toLowerCase() : word.charAt(0).toLowerCase() + word.slice(1);
}

function upperFirst(word: string): string {
  return (
    word.charAt(0).toUpperCase() + (word === word.toUpperCase() ? word.slice(1).toLowerCase() : word.slice(1))
  );
}
