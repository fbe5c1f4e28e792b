import { readFileSync } from 'node:fs';
import type { RowSource } from '../../src/segmentation/rows/row-source';
import { seededRandom } from '../../src/segmentation/rows/seeded-random';

const ROWS_PER_BATCH = 16_384;
/** People have a mean of two segments each; so every third interest is a one. */
const SHARE_OF_SEGMENTS = 0.5;
const MEAN_AFFINITY = 0.35;

/** People whose interests come from the published segments: each with its probability, 0 or 1. 4 bytes a person. */
export class MadeUpRows implements RowSource {
  readonly featureCount: number;
  readonly #bits: Int32Array;

  constructor(
    readonly rowCount: number,
    seed: number,
  ) {
    const { components } = JSON.parse(readFileSync('model/published-components.json', 'utf8')) as {
      components: number[][];
    };
    this.featureCount = components[0]?.length ?? 0;
    const random = seededRandom(seed);
    const interests = new Float64Array(this.featureCount);
    this.#bits = Int32Array.from({ length: rowCount }, () => {
      interests.fill(0);
      for (const component of components) {
        if (random() >= SHARE_OF_SEGMENTS) continue;
        const affinity = -MEAN_AFFINITY * Math.log(1 - random());
        for (let i = 0; i < component.length; i++) {
          interests[i] = (interests[i] as number) + affinity * (component[i] as number);
        }
      }
      let bits = 0;
      for (let i = 0; i < interests.length; i++) if (random() < (interests[i] as number)) bits |= 1 << i;
      return bits;
    });
  }

  async *batches(): AsyncGenerator<Float32Array> {
    const d = this.featureCount;
    const batch = new Float32Array(ROWS_PER_BATCH * d);
    for (let start = 0; start < this.rowCount; start += ROWS_PER_BATCH) {
      const rows = Math.min(ROWS_PER_BATCH, this.rowCount - start);
      for (let row = 0, at = 0; row < rows; row++) {
        const bits = this.#bits[start + row] as number;
        for (let i = 0; i < d; i++) batch[at++] = (bits >> i) & 1;
      }
      yield batch.subarray(0, rows * d);
    }
  }
}
