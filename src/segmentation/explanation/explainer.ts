import { solveInPlace } from '../linear-algebra/cholesky';
import { heatmap } from './heatmap';

/** Segments and features are told by their index, from 0, in the model's order. */
export interface SegmentShare {
  readonly segment: number;
  /** The affinity itself. */
  readonly weight: number;
  /** The affinity over the sum of all; 0 when that is 0. */
  readonly share: number;
}

export interface Reason {
  readonly feature: number;
  /** What this feature brings, positive. NMF: a part of the segment's affinity. K-means: of a squared distance. */
  readonly contribution: number;
}

export interface SegmentFeature {
  readonly feature: number;
  /** The component's value. */
  readonly weight: number;
  /** The weight over the model's largest, 0..1. */
  readonly heat: number;
  /** The weight over the feature's mean weight in all segments, 0..k: 1 says that it tells nothing apart. */
  readonly lift: number;
}

/** Keeps nearly dependent components solvable; too small to be seen in an answer. */
const RIDGE = 1e-9;

/** Says why one model scored as it did. Build it once per model: each question then costs a few microseconds. */
export class Explainer {
  /** `heatmap[feature][segment]`, 0..1. */
  readonly heatmap: readonly (readonly number[])[];
  private readonly gram: readonly Float64Array[];
  private readonly featuresBySegment: readonly (readonly SegmentFeature[])[];

  /** @param components k × d, non-negative: H, or centroids. */
  constructor(
    private readonly components: readonly (readonly number[])[],
    private readonly algorithm: 'NMF' | 'KMEANS' = 'NMF',
  ) {
    this.heatmap = heatmap(components);
    this.gram = components.map((row) => Float64Array.from(components, (other) => dot(row, other)));
    this.featuresBySegment = components.map((_, s) => this.rankFeatures(s));
  }

  /** Every segment's affinity and its share of the sum, in the segments' order. */
  shares(affinities: Float32Array): SegmentShare[] {
    let sum = 0;
    for (const weight of affinities) sum += weight;
    return Array.from(affinities, (weight, segment) => ({
      segment,
      weight,
      share: sum > 0 ? weight / sum : 0,
    }));
  }

  /** The largest affinity minus the second largest (0 when there is but one segment): 0 is a tie. */
  margin(affinities: Float32Array): number {
    let best = 0;
    let second = 0;
    for (const weight of affinities) {
      if (weight > best) {
        second = best;
        best = weight;
      } else if (weight > second) {
        second = weight;
      }
    }
    return best - second;
  }

  /**
   * The features that spoke for a segment, the strongest first, equals in the vocabulary's order.
   *
   * NMF: as long as the same segments take part (A: those with positive affinity), an affinity is a
   * linear function of the features: w = (H_A H_Aᵀ)⁻¹ H_A x. Feature i's contribution to segment s is
   * its term of that sum. So all terms add up to the affinity, and what two segments have in common
   * speaks less for either than what only one of them has. Terms that are not positive are left out.
   *
   * K-means: the squared distance to the centroid is smaller than the mean one to the other centroids, and by
   * 2·xᵢ·(centroidᵢ − their meanᵢ) for the sake of what the row has of feature i.
   *
   * @param features the d numbers that were scored.
   * @param affinities the k numbers that came out.
   * @param segment from 0; a segment without affinity, or −1, has no reasons.
   */
  reasons(features: Float32Array, affinities: Float32Array, segment: number): Reason[] {
    if (!((affinities[segment] ?? 0) > 0)) return [];
    const perFeature =
      this.algorithm === 'KMEANS'
        ? this.nearnessPerFeature(segment)
        : this.affinityPerFeature(affinities, segment);
    const reasons: Reason[] = [];
    for (let feature = 0; feature < features.length; feature++) {
      const contribution = (features[feature] as number) * (perFeature[feature] as number);
      if (contribution > 0) reasons.push({ feature, contribution });
    }
    return reasons.sort((a, b) => b.contribution - a.contribution);
  }

  /** The segment's features with positive weight, the heaviest first, equals in the vocabulary's order. */
  topFeatures(segment: number, first: number): readonly SegmentFeature[] {
    return (this.featuresBySegment[segment] ?? []).slice(0, first);
  }

  /** The row of (H_A H_Aᵀ)⁻¹ H_A that belongs to the segment. */
  private affinityPerFeature(affinities: Float32Array, segment: number): Float64Array {
    const taking: number[] = [];
    for (let s = 0; s < affinities.length; s++) if ((affinities[s] as number) > 0) taking.push(s);
    const n = taking.length;
    const gram = new Float64Array(n * n);
    const solution = new Float64Array(n);
    taking.forEach((s, i) => {
      taking.forEach((t, j) => {
        gram[i * n + j] = this.gram[s]?.[t] as number;
      });
      gram[i * n + i] = (gram[i * n + i] as number) * (1 + RIDGE);
      if (s === segment) solution[i] = 1;
    });
    solveInPlace(gram, solution, n);

    const perFeature = new Float64Array(this.heatmap.length);
    taking.forEach((s, i) => {
      const row = this.components[s] as readonly number[];
      const factor = solution[i] as number;
      for (let f = 0; f < row.length; f++)
        perFeature[f] = (perFeature[f] as number) + factor * (row[f] as number);
    });
    return perFeature;
  }

  private nearnessPerFeature(segment: number): Float64Array {
    const others = this.components.length - 1 || 1;
    return Float64Array.from(this.components[segment] as readonly number[], (value, f) => {
      const sum = this.components.reduce((total, row) => total + (row[f] as number), 0);
      return 2 * (value - (sum - value) / others);
    });
  }

  private rankFeatures(segment: number): SegmentFeature[] {
    const row = this.components[segment] as readonly number[];
    return row
      .map((weight, feature) => {
        const heat = this.heatmap[feature]?.[segment] as number;
        const mean =
          this.components.reduce((sum, other) => sum + (other[feature] as number), 0) /
          this.components.length;
        return { feature, weight, heat, lift: mean > 0 ? weight / mean : 0 };
      })
      .filter(({ weight }) => weight > 0)
      .sort((a, b) => b.weight - a.weight);
  }
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
}
