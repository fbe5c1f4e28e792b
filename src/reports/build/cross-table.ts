import type { CrossTable, CrossTableRow } from '../report';
import { associationOf } from './association';
import type { GroupValues } from './group-values';
import type { SegmentTally } from './segment-tally';

/** The cross-table of what was tallied by class: the values, then "other", then the missing where there are any. */
export function crossTableOf(
  { column, type, values, hasOther }: GroupValues,
  tally: SegmentTally,
): CrossTable {
  const named = values.map((value, i) => crossTableRow('VALUE', value, tally.classCounts(i)));
  const other = crossTableRow('OTHER', null, tally.classCounts(values.length));
  const missing = crossTableRow('MISSING', null, tally.classCounts(values.length + 1));
  const rows = [...named, ...(hasOther ? [other] : []), ...(missing.size > 0 ? [missing] : [])];
  return { column, type, values: rows, association: associationOf(rows.map(({ counts }) => counts)) };
}

function crossTableRow(
  kind: CrossTableRow['kind'],
  value: string | null,
  countsAndLobby: readonly number[],
): CrossTableRow {
  const counts = countsAndLobby.slice(0, -1);
  const lobby = countsAndLobby.at(-1) ?? 0;
  const size = counts.reduce((a, b) => a + b, lobby);
  const shares = counts.map((count) => (size > 0 ? count / size : 0));
  return { value, kind, size, counts, shares, lobby };
}
