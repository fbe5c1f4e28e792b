import { ClientError } from '../errors';
import { LARGEST_FEATURE } from '../segmentation/rows/feature-row';

/**
 * Refuses what a model would answer without a word: NaN, negative and huge features, and rows that
 * are not whole.
 *
 * @param rows n × featureCount, row-major.
 * @throws ClientError BAD_USER_INPUT.
 */
export function checkRows(rows: Float32Array, featureCount: number): void {
  if (rows.length % featureCount !== 0) {
    throw new ClientError(
      'BAD_USER_INPUT',
      `${rows.length} numbers are no whole rows: the model takes ${featureCount} features a row`,
    );
  }
  for (let i = 0; i < rows.length; i++) {
    const value = rows[i] as number;
    if (!(value >= 0 && value <= LARGEST_FEATURE)) {
      throw new ClientError(
        'BAD_USER_INPUT',
        `Feature ${i % featureCount} of row ${Math.floor(i / featureCount)} is ${value}: features must be from 0 to ${LARGEST_FEATURE}`,
      );
    }
  }
}
