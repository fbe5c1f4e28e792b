import type { Feature, SegmentationManifest, SegmentDescription } from '../onnx/manifest';
import { labelSegments } from './label-segments';
import { matchSegments } from './match-segments';

export interface DescribedSegment extends SegmentDescription {
  /** The index of the champion's segment that it continues; null: it is new. */
  readonly matched: number | null;
  /** The cosine with that one; of a new one the largest with any of the champion's. */
  readonly cosine: number;
}

type Champion = Pick<SegmentationManifest, 'algorithm' | 'features' | 'components' | 'segments'>;

/**
 * Says what the segments of a newly trained model are. Those that continue one of the champion's keep its number, key,
 * label and description; new ones get the lowest numbers that are free, labels of their most telling features, and
 * keys made of these that nobody ever had.
 *
 * @param champion null: there is none, all are new.
 * @param takenKeys every key that a version of this model ever used, the champion's among them or not.
 * @returns in the components' order.
 */
export function describeSegments(
  trained: {
    algorithm: 'NMF' | 'KMEANS';
    features: readonly Feature[];
    components: readonly (readonly number[])[];
  },
  champion: Champion | null,
  takenKeys: Iterable<string> = [],
): DescribedSegment[] {
  const matches =
    champion === null
      ? trained.components.map(() => ({ matched: null, cosine: 0 }))
      : matchSegments(profilesOf(trained), profilesOf(champion));
  const kept = matches.map(({ matched }) =>
    matched === null ? null : (champion?.segments[matched] ?? null),
  );
  const fresh = [...kept.keys()].filter((s) => kept[s] === null);
  const keptLabels = kept.flatMap((segment) => (segment === null ? [] : [segment.label.en]));
  const labels = labelSegments(trained.features, trained.components, fresh, keptLabels);

  const keys = new Set([...takenKeys, ...(champion?.segments.map(({ key }) => key) ?? [])]);
  const numbers = new Set(kept.flatMap((segment) => (segment === null ? [] : [segment.number])));
  const described = new Map(
    fresh.map((s, i) => {
      const { label, description } = labels[i] as (typeof labels)[number];
      return [s, { number: takeNumber(numbers), key: takeKey(label.en, keys), label, description }];
    }),
  );
  return matches.map((match, s) => ({ ...((kept[s] ?? described.get(s)) as SegmentDescription), ...match }));
}

function profilesOf({
  algorithm,
  features,
  components,
}: Omit<Champion, 'segments'> | Parameters<typeof describeSegments>[0]) {
  return { algorithm, features: features.map(({ key }) => key), components };
}

function takeNumber(taken: Set<number>): number {
  let number = 1;
  while (taken.has(number)) number++;
  taken.add(number);
  return number;
}

/** Plain letters and digits of the label, with a number behind when somebody has had it. */
function takeKey(label: string, taken: Set<string>): string {
  const slug =
    label
      .normalize('NFD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 100) || 'segment';
  let key = slug;
  for (let n = 2; taken.has(key); n++) key = `${slug}-${n}`;
  taken.add(key);
  return key;
}
