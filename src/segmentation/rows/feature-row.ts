import { ClientError } from '../../errors';
import type { Feature } from '../../onnx/manifest';

/** So that sums of products stay far from the largest float32 (3.4e38), where a model would answer NaN. */
export const LARGEST_FEATURE = 1e12;

/** Turns what a client sends by key into the row that a model scores, in the vocabulary's order. */
export class FeatureRows {
  readonly #index: ReadonlyMap<string, number>;

  constructor(vocabulary: readonly Feature[]) {
    this.#index = new Map(vocabulary.map(({ key }, i) => [key, i]));
  }

  /**
   * @param interests those that are liked; all others are not.
   * @throws ClientError BAD_USER_INPUT for one that is liked and unknown.
   */
  fromInterests(interests: Readonly<Record<string, boolean | null | undefined>>): Float32Array {
    const row = new Float32Array(this.#index.size);
    for (const key in interests) {
      if (interests[key] !== true) continue;
      const i = this.#index.get(key);
      if (i === undefined) {
        throw new ClientError(
          'BAD_USER_INPUT',
          `interests: "${key}" is none of the features of the organization's model: leave it out, or give features in place of interests.`,
        );
      }
      row[i] = 1;
    }
    return row;
  }

  /** @throws ClientError BAD_USER_INPUT for a key that is unknown or repeated, or a value that cannot be scored. */
  fromFeatures(features: readonly { readonly key: string; readonly value: number }[]): Float32Array {
    const row = new Float32Array(this.#index.size);
    const given = new Set<string>();
    for (const { key, value } of features) {
      const i = this.#index.get(key);
      if (i === undefined) {
        throw new ClientError(
          'BAD_USER_INPUT',
          `features: "${key}" is none of the model's ${this.#index.size} features.`,
        );
      }
      if (given.has(key))
        throw new ClientError('BAD_USER_INPUT', `features: "${key}" stands twice: give each once.`);
      if (!(value >= 0 && value <= LARGEST_FEATURE)) {
        throw new ClientError(
          'BAD_USER_INPUT',
          `features: the value of "${key}" is ${value}: it must be from 0 to ${LARGEST_FEATURE}.`,
        );
      }
      given.add(key);
      row[i] = value;
    }
    return row;
  }
}
