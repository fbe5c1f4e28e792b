import type { FitRows } from '../row-fit';
import { seededRandom } from '../rows/seeded-random';

/** Parts that features are held out in: a fit then knows nine tenths of each row. */
const FEATURE_PARTS = 10;

/**
 * How well a model foretells what it has not seen: each feature of each row from the row's other features, by a model
 * that was not trained on the row. Too few segments miss what is there; too many fit chance, which foretells nothing.
 * So the error is smallest near the true number of segments, where the error of the fit itself only falls.
 *
 * What is foretold never goes beyond `largest`: a component of which a row's known features say next to nothing would
 * get any weight.
 *
 * Source: Owen, Perry, Bi-cross-validation of the SVD and the nonnegative matrix factorization, Annals of Applied
 * Statistics 3, 2009.
 *
 * @param fitRows how the model sees a row.
 * @param components trained on other rows.
 * @param rows rows after rows.
 * @param largest by feature its largest number in the rows of the training.
 * @returns the mean squared error of a cell.
 */
export function heldOutError(
  fitRows: FitRows,
  components: readonly (readonly number[])[],
  rows: Float32Array,
  largest: readonly number[],
  seed: number,
): number {
  const d = largest.length;
  let sum = 0;
  for (const heldOut of featureParts(d, seed)) {
    const known = [...largest.keys()].filter((feature) => !heldOut.includes(feature));
    const model = fitRows(components, known);
    for (let at = 0; at < rows.length; at += d) {
      model.fit(rows, at);
      for (const feature of heldOut) {
        const expected = Math.min(largest[feature] as number, model.expected(feature));
        sum += (expected - (rows[at + feature] as number)) ** 2;
      }
    }
  }
  return sum / rows.length;
}

/** The features, dealt out at random. */
function featureParts(d: number, seed: number): number[][] {
  const random = seededRandom(seed);
  const shuffled = Array.from({ length: d }, (_, feature) => ({ feature, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ feature }) => feature);
  const parts = Math.min(FEATURE_PARTS, d);
  return Array.from({ length: parts }, (_, part) => shuffled.filter((__, i) => i % parts === part));
}
