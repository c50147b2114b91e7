/**
 * Counts that a Poisson process of this mean leaves about as seldom as a normal one leaves `z` deviations, by Wilson and Hilferty's
 * approximation of the chi-squared distribution.
 */
export function findPoissonBounds(
  mean: number,
  z: number,
): { readonly low: number; readonly high: number } {
  const upper = mean + 1;
  const high = upper * cube(1 - 1 / (9 * upper) + z / (3 * Math.sqrt(upper)));
  if (mean <= 0) return { low: 0, high };
  const root = 1 - 1 / (9 * mean) - z / (3 * Math.sqrt(mean));
  return { low: root <= 0 ? 0 : mean * cube(root), high };
}

function cube(value: number): number {
  return value ** 3;
}
