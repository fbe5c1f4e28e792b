import { type Feature, inLocale, type Locale, type LocalizedText } from '../../onnx/manifest';
import { listWords } from './list-words';

export interface SegmentLabel {
  readonly label: LocalizedText;
  readonly description: LocalizedText;
}

/** Features in a label, and in a description. */
const IN_LABEL = 3;
const IN_DESCRIPTION = 6;
/** A feature that speaks for the segment this much less than the first one is not named in the label. */
const LEAST_SHARE = 0.25;
/** Nor is one of this little in the description: it is what the solver left of nothing. */
const LEAST_TOLD = 1e-3;

const WORDS = {
  en: { aboveAll: 'Above all', also: 'also', other: 'Other' },
  es: { aboveAll: 'Sobre todo', also: 'también', other: 'Otros' },
};

/**
 * Names segments by the features that set them apart: by weight × lift, so that what all segments share names none.
 * No two have the same label, nor one of those already given: a label of the same features as another one takes in
 * further features, and where there are none a number.
 *
 * Spanish is there when all features named have Spanish labels.
 *
 * @param components k × d, non-negative.
 * @param wanted the segments to name, from 0.
 * @param given English labels of other segments.
 * @returns by wanted segment.
 */
export function labelSegments(
  features: readonly Feature[],
  components: readonly (readonly number[])[],
  wanted: readonly number[],
  given: readonly string[] = [],
): SegmentLabel[] {
  const telling = tellingFeatures(components);
  const takenLabels = new Set(given.map((label) => label.toLowerCase()));
  const takenSets = new Set<string>();
  return wanted.map((segment) => {
    const scores = telling[segment] as readonly ScoredFeature[];
    const ranked = scores.map(({ feature }) => features[feature] as Feature);
    const enough = scores.filter(({ score }) => score >= LEAST_SHARE * (scores[0]?.score as number)).length;
    const isTaken = (count: number) =>
      takenSets.has(setOf(ranked.slice(0, count))) ||
      takenLabels.has(textOf(ranked.slice(0, count), 'en').toLowerCase());
    let count = Math.min(IN_LABEL, enough);
    while (count < ranked.length && isTaken(count)) count++;
    const named = ranked.slice(0, count);
    const suffix = firstFreeSuffix(textOf(named, 'en'), takenLabels);
    takenSets.add(setOf(named));
    takenLabels.add(`${textOf(named, 'en')}${suffix}`.toLowerCase());
    return {
      label: localized(named, (locale) => textOf(named, locale) + suffix),
      description: localized(ranked.slice(0, IN_DESCRIPTION), (locale) => describe(ranked, locale)),
    };
  });
}

interface ScoredFeature {
  readonly feature: number;
  readonly score: number;
}

/** By segment the features that tell of it, the most telling first: weight × weight over its mean in all segments. */
function tellingFeatures(components: readonly (readonly number[])[]): ScoredFeature[][] {
  const units = components.map((row) => {
    const length = Math.hypot(...row) || 1;
    return row.map((value) => value / length);
  });
  return units.map((row) => {
    const ranked = row
      .map((weight, feature) => {
        const sum = units.reduce((total, other) => total + (other[feature] as number), 0);
        return { feature, score: sum > 0 ? (weight * weight * units.length) / sum : 0 };
      })
      .sort((a, b) => b.score - a.score);
    return ranked.filter(({ score }) => score > LEAST_TOLD * (ranked[0]?.score as number));
  });
}

function describe(ranked: readonly Feature[], locale: Locale): string {
  const { aboveAll, also, other } = WORDS[locale];
  if (ranked.length === 0) return `${other}.`;
  const first = listWords(labelsOf(ranked.slice(0, IN_LABEL), locale), locale);
  const more = listWords(labelsOf(ranked.slice(IN_LABEL, IN_DESCRIPTION), locale), locale);
  return more === '' ? `${aboveAll} ${first}.` : `${aboveAll} ${first}; ${also} ${more}.`;
}

function textOf(features: readonly Feature[], locale: Locale): string {
  const list = listWords(labelsOf(features, locale), locale);
  return list === '' ? WORDS[locale].other : list.charAt(0).toUpperCase() + list.slice(1);
}

function labelsOf(features: readonly Feature[], locale: Locale): string[] {
  return features.map(({ label }) => inLocale(label, locale));
}

function localized(named: readonly Feature[], text: (locale: Locale) => string): LocalizedText {
  const hasSpanish = named.every(({ label }) => label.es !== undefined);
  return hasSpanish ? { en: text('en'), es: text('es') } : { en: text('en') };
}

function setOf(features: readonly Feature[]): string {
  return JSON.stringify(features.map(({ key }) => key).sort());
}

function firstFreeSuffix(label: string, taken: ReadonlySet<string>): string {
  let suffix = '';
  for (let n = 2; taken.has(`${label}${suffix}`.toLowerCase()); n++) suffix = ` ${n}`;
  return suffix;
}
