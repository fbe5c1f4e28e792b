const FIRST_PRINTABLE = 0x20;
const LAST_PRINTABLE = 0x7e;
const LAST_BEFORE_SURROGATES = 0xd7ff;
const LENGTH = 6;

/**
 * A random text that sorts, by code points, somewhere between two others: so that looking from there on finds any of
 * the texts between them. Ids that were given in order of time are found from all times.
 *
 * @param random 0..1.
 */
export function textBetween(first: string, last: string, random: () => number): string {
  const a = [...first];
  const b = [...last];
  let common = 0;
  while (common < a.length && a[common] === b[common]) common += 1;
  const low = a[common]?.codePointAt(0) ?? FIRST_PRINTABLE;
  const high = b[common]?.codePointAt(0) ?? low;
  const place = low + Math.floor(random() * (high - low + 1));
  const tail = Array.from({ length: LENGTH }, () =>
    String.fromCodePoint(FIRST_PRINTABLE + Math.floor(random() * (LAST_PRINTABLE - FIRST_PRINTABLE + 1))),
  );
  return [...b.slice(0, common), String.fromCodePoint(Math.min(place, LAST_BEFORE_SURROGATES)), ...tail].join(
    '',
  );
}
