/** The middle of what was, and how far it is usually off: both robust against a quarter of odd values. */
export interface Usual {
  readonly median: number;
  /** Like a standard deviation. */
  readonly spread: number;
  readonly count: number;
}

/** Of a normal distribution, the standard deviation in units of the median absolute deviation. */
const deviationsPerMad = 1.4826;

/** Null where there are fewer than `least` values. */
export function findUsual(
  values: readonly number[],
  least: number,
): Usual | null {
  if (values.length < least) return null;
  const median = findMedian(values);
  const mad = findMedian(values.map((value) => Math.abs(value - median)));
  return { median, spread: mad * deviationsPerMad, count: values.length };
}

export function findMedian(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1
    ? upper
    : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}
