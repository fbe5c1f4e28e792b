/**
 * How far w is from the optimum of min‖x − wH‖₂ over w ≥ 0, by the Karush-Kuhn-Tucker conditions: a
 * positive weight's gradient is zero, a zero weight's is not negative. Components are taken at unit
 * length, and the residual relative to the largest gradient at w = 0.
 */
export function kktResidual(
  components: readonly (readonly number[])[],
  x: readonly number[],
  w: readonly number[],
): number {
  const remainder = x.map(
    (value, i) => value - components.reduce((sum, row, s) => sum + (row[i] ?? 0) * (w[s] ?? 0), 0),
  );
  let worst = 0;
  let scale = 0;
  components.forEach((row, s) => {
    const length = Math.hypot(...row);
    if (length === 0) return;
    scale = Math.max(scale, dot(row, x) / length);
    const gradient = -dot(row, remainder) / length;
    const weight = w[s] as number;
    if (weight < 0 || Number.isNaN(weight)) worst = Number.POSITIVE_INFINITY;
    worst = Math.max(worst, weight > 0 ? Math.abs(gradient) : -gradient);
  });
  return scale === 0 ? worst : worst / scale;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
}
