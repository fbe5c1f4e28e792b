/**
 * A share smaller than this counts as this, so that what was never seen, or is seen no more, weighs much but not
 * infinitely: a thousand members who appear in a segment that trained on none give about 0.07 for each percent.
 */
const LEAST_SHARE = 1e-4;

/**
 * The population stability index: how far shares have moved from those expected, Σ (actual − expected) ·
 * ln(actual / expected), 0 when they are the same, equal in both directions. Below 0.1 is called stable, above 0.25 a
 * different population.
 *
 * Source: Siddiqi, Credit Risk Scorecards, 2006. It is the sum of both Kullback-Leibler divergences (Jeffreys, 1946).
 *
 * @param expected by class its share or count, not negative; they are divided by their sum.
 * @param actual likewise, the same classes.
 * @returns null where one of the two is empty, so that nothing can be said.
 */
export function populationStability(expected: readonly number[], actual: readonly number[]): number | null {
  const before = shares(expected);
  const now = shares(actual);
  if (before === null || now === null) return null;
  return before.reduce((sum, share, i) => {
    const e = Math.max(share, LEAST_SHARE);
    const a = Math.max(now[i] as number, LEAST_SHARE);
    return sum + (a - e) * Math.log(a / e);
  }, 0);
}

/**
 * The same for how many have one feature, and how many have not.
 *
 * @param expected 0..1. @param actual 0..1.
 */
export function rateStability(expected: number, actual: number): number {
  return populationStability([expected, 1 - expected], [actual, 1 - actual]) as number;
}

function shares(counts: readonly number[]): number[] | null {
  const sum = counts.reduce((a, b) => a + b, 0);
  return sum > 0 ? counts.map((count) => count / sum) : null;
}
