import type { Feature, SegmentationManifest, SegmentDescription } from '../../onnx/manifest';
import { matchSegments } from '../../segmentation/continuity/match-segments';
import { labelSegments } from '../../segmentation/explanation/label-segments';

type Trained = Pick<SegmentationManifest, 'algorithm'> & {
  readonly features: readonly Feature[];
  readonly components: readonly (readonly number[])[];
};

export interface NamedSegments {
  /** In the order of their numbers. */
  readonly segments: SegmentDescription[];
  /** By place in `segments`: the component's index. */
  readonly order: number[];
}

/**
 * Gives newly trained components their numbers, keys and labels. One that continues a segment of the champion has all
 * of them from there, whatever people made of its label. A new one is named by its features, has a key that no segment
 * had before, and a number above the champion's: whoever knows number 3 never meets a stranger under it.
 *
 * @param takenKeys of all earlier versions' segments.
 */
export function nameSegments(
  { algorithm, components, features }: Trained,
  champion: SegmentationManifest | null,
  takenKeys: readonly string[],
): NamedSegments {
  const continued = continuedSegments({ algorithm, components, features }, champion);
  const wanted = [...components.keys()].filter((s) => continued[s] === null);
  const given = continued.flatMap((segment) => segment?.label.en ?? []);
  const labels = labelSegments(features, components, wanted, given);
  const keys = new Set([...takenKeys, ...(champion?.segments.map(({ key }) => key) ?? [])]);
  let number = Math.max(0, ...(champion?.segments.map((segment) => segment.number) ?? []));

  const named = [...continued];
  wanted.forEach((s, i) => {
    const { label, description } = labels[i] as (typeof labels)[number];
    const key = freeKey(label.en, keys);
    keys.add(key);
    named[s] = { number: ++number, key, label, description };
  });
  const segments = named as SegmentDescription[];
  const order = [...segments.keys()].sort(
    (a, b) => (segments[a] as SegmentDescription).number - (segments[b] as SegmentDescription).number,
  );
  return { segments: order.map((s) => segments[s] as SegmentDescription), order };
}

/** By component the champion's segment that it continues; null: it is new. */
function continuedSegments(
  { algorithm, components, features }: Trained,
  champion: SegmentationManifest | null,
): (SegmentDescription | null)[] {
  if (champion === null) return components.map(() => null);
  const matches = matchSegments(
    { algorithm, features: features.map(({ key }) => key), components },
    { ...champion, features: champion.features.map(({ key }) => key) },
  );
  return matches.map(({ matched }) => (matched === null ? null : (champion.segments[matched] ?? null)));
}

/** "Drinks at night and parties" gives `drinks-at-night-and-parties`. */
function freeKey(label: string, taken: ReadonlySet<string>): string {
  const words = label
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  const key =
    words
      .filter((word) => word !== '')
      .join('-')
      .slice(0, 60) || 'segment';
  let free = key;
  for (let n = 2; taken.has(free); n++) free = `${key}-${n}`;
  return free;
}
