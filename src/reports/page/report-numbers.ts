const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const twoDigits = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const significant = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

/** "12,345" */
export function count(value: number): string {
  return whole.format(value);
}

/** "1 row", "12,345 rows" */
export function rows(value: number): string {
  return `${count(value)} ${value === 1 ? 'row' : 'rows'}`;
}

/** Of 0..1: "33%", "4.2%", "0%"; what is next to nothing is "~0%". */
export function percent(share: number): string {
  const value = 100 * share;
  if (value > 0 && value < 0.1) return '~0%';
  return `${value > 0 && value < 9.95 ? oneDigit.format(value) : whole.format(value)}%`;
}

/** A quantity in its own unit: "12,000", "45.0", "3.14", "0.00123". */
export function amount(value: number): string {
  const size = Math.abs(value);
  if (size >= 100) return whole.format(value);
  if (size >= 10) return oneDigit.format(value);
  return size >= 1 ? twoDigits.format(value) : significant.format(value);
}

/** Numbers that stand below each other: digits after the point so that the largest has so many significant ones. */
export function aligned(largest: number, significantDigits: number): (value: number) => string {
  const before = largest > 0 ? Math.floor(Math.log10(largest)) + 1 : 1;
  const digits = Math.min(10, Math.max(0, significantDigits - before));
  const format = new Intl.NumberFormat('en', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return (value) => format.format(value);
}

/** "×2.1" */
export function times(lift: number): string {
  return `×${lift.toFixed(1)}`;
}
