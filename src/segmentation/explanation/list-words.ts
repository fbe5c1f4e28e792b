import type { Locale } from '../../onnx/manifest';

/** What English writes with a capital within a sentence too. */
const PROPER = new Set(
  `african american arab argentinian asian basque brazilian british caribbean catalan chinese christmas cuban easter
  english ethiopian european french german greek indian indonesian iranian irish italian japanese jewish korean latin
  lebanese mediterranean mexican moroccan nordic persian peruvian polish portuguese russian scandinavian scottish
  spanish swedish swiss syrian thai turkish ukrainian venezuelan vietnamese`.split(/\s+/),
);

/** “Surfing, running and climbing”, in small letters where the language has them. */
export function listWords(words: readonly string[], locale: Locale): string {
  const small = words.map((word) => inSentence(word, locale));
  const last = small.at(-1) ?? '';
  if (small.length < 2) return last;
  const and = locale === 'en' ? 'and' : spanishAnd(last);
  return `${small.slice(0, -1).join(', ')} ${and} ${last}`;
}

/** The first letter small, unless there are further capitals (VIP lounge, Spending Score), or the word is proper. */
function inSentence(text: string, locale: Locale): string {
  const [first = ''] = text.split(/[^\p{L}\p{N}]+/u);
  if (/\p{Lu}/u.test(text.slice(1)) || (first.length === 1 && text.length > 1)) return text;
  if (locale === 'en' && PROPER.has(first.toLowerCase())) return text;
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** «y» becomes «e» before the sound i, unless it begins a diphthong: agujas e hilo, agua y hielo. */
function spanishAnd(next: string): string {
  return /^h?[ií](?![aeoáéó])/iu.test(next) ? 'e' : 'y';
}
