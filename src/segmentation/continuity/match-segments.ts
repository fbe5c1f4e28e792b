import { heaviestPairs } from './assignment-problem';

/** Components, what their columns are, and how they were found. */
export interface Profiles {
  readonly algorithm: 'NMF' | 'KMEANS';
  /** d keys, each once. */
  readonly features: readonly string[];
  /** k × d, non-negative. */
  readonly components: readonly (readonly number[])[];
}

export interface SegmentMatch {
  /** The index of the earlier segment that this one continues; null: it is new. */
  readonly matched: number | null;
  /** With that one; of a new one the largest with any, 0 when there is none. */
  readonly cosine: number;
}

/**
 * The cosine from which a segment is another one's continuation: at least half of its squared length is then the other
 * one's share (0.71² = 1/2). Of the published segments of the survey no two have more than 0.43 with each other; trained
 * anew on the same survey, each has 0.999 and more with its own.
 */
export const LEAST_COSINE = Math.SQRT1_2;

/**
 * Which segments of a newly trained model continue which of an earlier one: the pairs with the largest sum of cosines,
 * each of at least `LEAST_COSINE`. Features are compared by key; one that a model does not know weighs nothing there.
 *
 * Centroids all have in them what all rows have in common, which makes any two alike: two models of centroids are
 * compared by what sets each segment apart from the earlier model's mean.
 *
 * @returns by trained segment.
 */
export function matchSegments(trained: Profiles, earlier: Profiles): SegmentMatch[] {
  const areCentroids = trained.algorithm === 'KMEANS' && earlier.algorithm === 'KMEANS';
  const common = areCentroids ? meansOf(earlier) : new Map<string, number>();
  const cosines = cosinesOf(minus(trained, common), minus(earlier, common));
  const pairs = heaviestPairs(
    cosines.map((row) => row.map((cosine) => (cosine >= LEAST_COSINE ? cosine : 0))),
  );
  return cosines.map((row, s) => {
    const cosine = row[pairs[s] as number] ?? 0;
    return cosine >= LEAST_COSINE
      ? { matched: pairs[s] as number, cosine }
      : { matched: null, cosine: Math.max(0, ...row) };
  });
}

/** By feature key the mean of the components; nothing where there is but one. */
function meansOf({ features, components }: Profiles): ReadonlyMap<string, number> {
  if (components.length < 2) return new Map();
  const mean = (f: number) =>
    components.reduce((sum, row) => sum + (row[f] as number), 0) / components.length;
  return new Map(features.map((key, f) => [key, mean(f)]));
}

function minus(profiles: Profiles, means: ReadonlyMap<string, number>): Profiles {
  const subtracted = profiles.features.map((key) => means.get(key) ?? 0);
  const components = profiles.components.map((row) => row.map((v, f) => v - (subtracted[f] as number)));
  return { ...profiles, components };
}

/** Trained × earlier; 0 for a component of zeros. */
function cosinesOf(trained: Profiles, earlier: Profiles): number[][] {
  const column = new Map(trained.features.map((key, i) => [key, i]));
  const shared = earlier.features.flatMap((key, there) => {
    const here = column.get(key);
    return here === undefined ? [] : [{ here, there }];
  });
  return trained.components.map((row) =>
    earlier.components.map((other) => {
      const lengths = Math.hypot(...row) * Math.hypot(...other);
      const product = shared.reduce(
        (sum, { here, there }) => sum + (row[here] as number) * (other[there] as number),
        0,
      );
      return lengths > 0 ? Math.min(1, product / lengths) : 0;
    }),
  );
}
