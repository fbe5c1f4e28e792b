import { checkText } from '../../check-text';
import { ClientError } from '../../errors';
import { LOOK_ALIKES } from './look-alikes';
import { isOneScript, WORD } from './scripts';

export const LONGEST_CITY = 100;

/** What cannot be seen, or is seen otherwise than it is stored: zero-width and bidirectional controls, fillers, … */
export const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\p{Co}\p{Cn}\u2800\ufffc]/u;
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;
const PLAIN = /^[ -~]*$/;

/** A city's name as somebody wrote it. */
export interface CityName {
  /** Trimmed. */
  readonly name: string;
  /** What makes two spellings the same city. */
  readonly key: string;
}

/**
 * Reads the name of a city, which any client may be the first to write.
 *
 * @param what how the client calls it, for the message.
 * @throws ClientError BAD_USER_INPUT when it could be taken for another name, or cannot be seen.
 */
export function parseCityName(what: string, text: string): CityName {
  checkText(what, text, LONGEST_CITY);
  const name = text.trim();
  if (!PLAIN.test(name)) checkLook(what, name);
  return { name, key: cityKey(name) };
}

/**
 * What makes two spellings the same city: trimmed, runs of blanks as one, NFKC, case folded in full. The four letters i
 * of Turkish are one, dashes are hyphens, quotation marks that stand for an apostrophe are one; and a word whose every
 * letter looks like a Latin one counts as written with those.
 */
export function cityKey(name: string): string {
  if (PLAIN.test(name)) return name.trim().replace(/ +/g, ' ').toLowerCase();
  return foldCase(name.normalize('NFKC'))
    .replace(/\p{Pd}|\u2212/gu, '-')
    .replace(/[\u2018\u2019\u02bc\u02b9\u2032]/g, "'")
    .normalize('NFD')
    .replace(WORD, asLatin)
    .normalize('NFKC')
    .replace(/\s+/g, ' ')
    .trim();
}

/** JavaScript has no case folding. Upper case in between takes letters apart that only lower case has: ß is SS is ss. */
function foldCase(text: string): string {
  return text.toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ').replaceAll('i\u0307', 'i');
}

/** @param word taken apart (NFD), so that its marks stay. */
function asLatin(word: string): string {
  const letters = [...word].map(
    (letter) => LOOK_ALIKES.get(letter) ?? (/\p{M}/u.test(letter) ? letter : null),
  );
  return letters.includes(null) ? word : letters.join('');
}

/** @throws ClientError BAD_USER_INPUT. */
function checkLook(what: string, name: string): void {
  const characters = [...name];
  const hidden = characters.findIndex((character) => INVISIBLE.test(character));
  if (hidden >= 0) {
    const codePoint = characters[hidden]?.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
    throw refusal(
      `${what} holds U+${codePoint} as character ${hidden + 1}, which cannot be seen: leave it out.`,
    );
  }
  if (!VISIBLE.test(name)) throw refusal(`${what} holds nothing that can be seen: give at least one letter.`);
  const compatible = name.normalize('NFKC');
  const length = [...compatible].length;
  // Some characters stand for a whole word; an index would not take a hundred of them.
  if (length > LONGEST_CITY)
    throw refusal(`${what} has ${length} characters in NFKC: at most ${LONGEST_CITY} are allowed.`);
  const mixed = compatible.match(WORD)?.find((word) => !isOneScript(word));
  if (mixed !== undefined) {
    const isRare = [...mixed].some((letter) => !isOneScript(letter));
    throw refusal(
      isRare
        ? `${what} has a letter in "${mixed}" that is of no script in use today: write it in another script.`
        : `${what} mixes scripts within "${mixed}", which could be taken for another name: write each word in one script.`,
    );
  }
}

function refusal(message: string): ClientError {
  return new ClientError('BAD_USER_INPUT', message);
}
