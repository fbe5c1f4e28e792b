/** The scripts in use today: those that Unicode Standard Annex 31 recommends for identifiers, or calls of limited use. */
const SCRIPTS =
  'Latin Arabic Armenian Bengali Bopomofo Cyrillic Devanagari Ethiopic Georgian Greek Gujarati Gurmukhi Han Hangul Hebrew ' +
  'Hiragana Kannada Katakana Khmer Lao Malayalam Myanmar Oriya Sinhala Tamil Telugu Thaana Thai Tibetan ' +
  'Adlam Balinese Bamum Batak Canadian_Aboriginal Chakma Cham Cherokee Coptic Hanifi_Rohingya Javanese Kayah_Li Lepcha ' +
  'Limbu Lisu Mandaic Meetei_Mayek Miao Mongolian New_Tai_Lue Newa Nko Nyiakeng_Puachue_Hmong Ol_Chiki Osage Saurashtra ' +
  'Sundanese Syloti_Nagri Syriac Tai_Le Tai_Tham Tai_Viet Tifinagh Vai Wancho Yi';

/** Scripts that are written together, in one word: what Unicode Technical Standard 39 calls highly restrictive. */
const TOGETHER = ['Latin Han Hiragana Katakana', 'Latin Han Bopomofo', 'Latin Han Hangul'];

const WORDS = [...SCRIPTS.split(' '), ...TOGETHER].map((scripts) => {
  const ranges = ['Common', 'Inherited', ...scripts.split(' ')].map(
    (script) => `\\p{Script_Extensions=${script}}`,
  );
  return new RegExp(`^[${ranges.join('')}]+$`, 'u');
});

/** Runs of letters and the marks on them. */
export const WORD = /[\p{L}\p{M}]+/gu;

/** Whether the letters of a word are of one script, or of some that are written together. */
export function isOneScript(word: string): boolean {
  return WORDS.some((each) => each.test(word));
}
