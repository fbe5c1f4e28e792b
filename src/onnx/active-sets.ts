/** What one active set says about a row x: k values, linear in x. The set is the right one when none is negative. */
export interface ActiveSet {
  /** Which segments may have weight, k flags. */
  readonly active: readonly boolean[];
  /** k × d. Row i times x is segment i's weight when active, else its gradient. */
  readonly values: readonly Float64Array[];
}

/** Squared distance of a unit component to the span of the others in the set, below which it adds nothing. */
const DEPENDENT = 1e-10;

/**
 * All active sets with linearly independent components; the empty one first, then in the order of
 * the binary numbers whose bit i stands for segment i.
 *
 * Least squares on a set S is a principal pivoting of [G | H], G = HHᵀ, on S: what stands in H's
 * place afterwards gives, times x, the weight in the rows of S and the negative gradient in the
 * others. Leaving dependent sets out costs no optimum: a solution on one can be moved to an
 * independent subset (Carathéodory).
 *
 * Source: Cottle, Pang, Stone, The Linear Complementarity Problem, 2009, section 4.1.
 *
 * @param components k × d, rows of length one (or zero: that segment is never active).
 */
export function activeSets(components: readonly Float64Array[]): {
  sets: ActiveSet[];
  /** The smallest pivot met, 0..1: how close the components come to being dependent. */
  smallestPivot: number;
} {
  const k = components.length;
  const sets: ActiveSet[] = [];
  let smallestPivot = 1;
  for (let bits = 0; bits < 2 ** k; bits++) {
    const active = components.map((_, i) => ((bits >> i) & 1) === 1);
    const tableau = components.map((row) =>
      Float64Array.from([...components.map((other) => dot(row, other)), ...row]),
    );
    const pivot = eliminate(tableau, active);
    if (pivot === null) continue;
    smallestPivot = Math.min(smallestPivot, pivot);
    sets.push({ active, values: tableau.map((row, i) => row.subarray(k).map((v) => (active[i] ? v : -v))) });
  }
  return { sets, smallestPivot };
}

/** Gauss-Jordan elimination on the active diagonal, in place. @returns the smallest pivot; null: dependent. */
function eliminate(tableau: readonly Float64Array[], active: readonly boolean[]): number | null {
  let smallest = 1;
  for (const [p, pivotRow] of tableau.entries()) {
    if (!active[p]) continue;
    const pivot = pivotRow[p] as number;
    if (pivot < DEPENDENT) return null;
    smallest = Math.min(smallest, pivot);
    for (let c = 0; c < pivotRow.length; c++) pivotRow[c] = (pivotRow[c] as number) / pivot;
    for (const [r, row] of tableau.entries()) {
      if (r === p) continue;
      const factor = row[p] as number;
      for (let c = 0; c < row.length; c++) row[c] = (row[c] as number) - factor * (pivotRow[c] as number);
    }
  }
  return smallest;
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
}
