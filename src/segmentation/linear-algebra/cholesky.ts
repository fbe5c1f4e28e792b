/**
 * Solves Az = r in place for a symmetric positive definite A.
 *
 * @param a n × n, row-major; its lower triangle is overwritten by the Cholesky factor.
 * @param r n numbers, overwritten by z.
 */
export function solveInPlace(a: Float64Array, r: Float64Array, n: number): void {
  const at = (row: number, column: number) => a[row * n + column] as number;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = at(i, j);
      for (let c = 0; c < j; c++) sum -= at(i, c) * at(j, c);
      a[i * n + j] = i === j ? Math.sqrt(sum) : sum / at(j, j);
    }
  }
  for (let i = 0; i < n; i++) {
    let sum = r[i] as number;
    for (let c = 0; c < i; c++) sum -= at(i, c) * (r[c] as number);
    r[i] = sum / at(i, i);
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = r[i] as number;
    for (let c = i + 1; c < n; c++) sum -= at(c, i) * (r[c] as number);
    r[i] = sum / at(i, i);
  }
}
