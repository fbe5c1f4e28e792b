import { ClientError } from '../../errors';
import type { ColumnEncoding, SegmentationManifest } from '../../onnx/manifest';

/**
 * How a table is encoded for a model that was trained on another one: by the model's encoding where the column is
 * there; where it is not, by columns that are named by the keys of its features and hold 0 and 1, or true and false
 * (of a number: the number). Columns that the model does not know are left alone.
 *
 * Every feature needs its column: a table without one would be scored as if nobody had it, in silence.
 *
 * @throws ClientError BAD_USER_INPUT that lists the columns that are missing.
 */
export function fitEncoding(
  { encoding, name }: Pick<SegmentationManifest, 'encoding' | 'name'>,
  columns: ReadonlySet<string>,
): ColumnEncoding[] {
  const fitted: ColumnEncoding[] = [];
  const missing: string[] = [];
  for (const column of encoding) {
    if (column.kind === 'IGNORE') continue;
    if (columns.has(column.column)) {
      fitted.push(column);
      continue;
    }
    const byKey = 'choices' in column ? byKeys(column.choices) : [{ ...column, column: column.feature }];
    const absent = byKey.filter((e) => !columns.has(e.column));
    if (absent.length === byKey.length) missing.push(`"${column.column}"`);
    else missing.push(...absent.map((e) => `"${e.column}"`));
    fitted.push(...byKey);
  }
  if (missing.length > 0) {
    throw new ClientError(
      'BAD_USER_INPUT',
      `The table lacks ${missing.length === 1 ? 'a column' : `${missing.length} columns`} of the model "${name}": ${missing.join(', ')}. A column of choices may also be given as one column for each of its features, named by the feature's key, with 0 or 1`,
    );
  }
  return fitted;
}

function byKeys(choices: Readonly<Record<string, string>>): ColumnEncoding[] {
  return [...new Set(Object.values(choices))].map((key) => ({ kind: 'BOOLEAN', column: key, feature: key }));
}
