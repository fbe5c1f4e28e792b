import { checkText } from '../../check-text';
import type { DeclaredEncoding } from '../../datasets/table/column';
import { ClientError } from '../../errors';
import type { SegmentationManifest } from '../../onnx/manifest';
import { MOST_SEGMENTS } from '../../segmentation/choice/choose-segments';

const LONGEST_NAME = 100;
export const FEWEST_SEGMENTS = 2;
export { MOST_SEGMENTS };

/** What a model is to be trained on, and how. Plain JSON: the input of a TRAIN job. */
export interface TrainingRequest {
  readonly name: string;
  readonly datasetId: string;
  readonly algorithm: SegmentationManifest['algorithm'];
  /** How many segments; null: the recommended number of the range. */
  readonly segments: number | null;
  /** The fewest and the most segments to compare; null: none where `segments` is given, or else the usual range. */
  readonly segmentRange: readonly [from: number, to: number] | null;
  readonly seed: number;
  /** Of the columns that are not to be encoded as suggested. */
  readonly encoding: readonly DeclaredEncoding[];
  /** Who asks, for the history of the model. */
  readonly by: string;
}

/** @throws ClientError BAD_USER_INPUT that names the field. */
export function checkTrainingRequest({ name, segments, segmentRange, seed }: TrainingRequest): void {
  checkText('name', name, LONGEST_NAME);
  if (segments !== null) checkSegments('segments', segments);
  if (segmentRange !== null) {
    const [from, to] = segmentRange;
    if (segmentRange.length !== 2 || from > to)
      throw refused(
        `segmentRange is [${segmentRange.join(', ')}]: it must be the fewest and the most segments to try.`,
      );
    checkSegments('segmentRange', from);
    checkSegments('segmentRange', to);
  }
  if (seed < 0) throw refused(`seed is ${seed}: it must not be negative.`);
}

/** @throws ClientError BAD_USER_INPUT. */
export function checkSegments(field: string, segments: number): void {
  if (segments < FEWEST_SEGMENTS || segments > MOST_SEGMENTS)
    throw refused(`${field}: ${segments} is not from ${FEWEST_SEGMENTS} to ${MOST_SEGMENTS}.`);
}

function refused(message: string): ClientError {
  return new ClientError('BAD_USER_INPUT', message);
}
