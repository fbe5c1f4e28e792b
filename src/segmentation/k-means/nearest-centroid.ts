/** Finds the centroid nearest to a row. */
export class NearestCentroid {
  /** The squared distance of the row asked for last. */
  squaredDistance = 0;
  readonly #centroids: readonly Float64Array[];

  /** @param centroids k × d. */
  constructor(centroids: readonly (readonly number[])[]) {
    this.#centroids = centroids.map((centroid) => Float64Array.from(centroid));
  }

  /**
   * @param rows rows after rows.
   * @param at where the row begins.
   * @returns the index of its centroid, the lowest of a tie.
   */
  of(rows: Float32Array, at: number): number {
    let nearest = 0;
    let smallest = Number.POSITIVE_INFINITY;
    for (let s = 0; s < this.#centroids.length; s++) {
      const centroid = this.#centroids[s] as Float64Array;
      let sum = 0;
      for (let f = 0; f < centroid.length; f++) {
        const difference = (rows[at + f] as number) - (centroid[f] as number);
        sum += difference * difference;
      }
      if (sum < smallest) {
        nearest = s;
        smallest = sum;
      }
    }
    this.squaredDistance = smallest;
    return nearest;
  }
}
