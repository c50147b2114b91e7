/** The value below which this share of the sorted values lies; NaN of none. */
export function readQuantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below] ?? NaN;
  const high = sorted[below + 1] ?? low;
  return low + (place - below) * (high - low);
}

/** The weighted mean, once what lies far from the median was pulled in; NaN of none. */
export function averageRobustly(
  values: Float64Array,
  weights: Float64Array,
): number {
  let lowest = -Infinity;
  let highest = Infinity;
  if (values.length > 2) {
    const median = readQuantile(values.slice().sort(), 0.5);
    const deviations = values.map((value) => Math.abs(value - median)).sort();
    const reach = 2 * 1.4826 * readQuantile(deviations, 0.5);
    lowest = median - reach;
    highest = median + reach;
  }
  let sum = 0;
  let total = 0;
  for (let index = 0; index < values.length; index += 1) {
    const weight = weights[index] ?? 0;
    const value = values[index] ?? 0;
    sum += weight * Math.min(highest, Math.max(lowest, value));
    total += weight;
  }
  return total === 0 ? NaN : sum / total;
}

/** Less than the whole: at the end of the tail are anomalies that were not found. */
const endOfTailPart = 0.8;

/**
 * The standard deviation that these magnitudes of errors would have if they were normal, by their middle, their tail or the end of it,
 * whichever says most: errors of counts have heavy tails. NaN of none. Sorts what it is given.
 */
export function estimateScale(magnitudes: Float64Array): number {
  const sorted = magnitudes.sort();
  return Math.max(
    readQuantile(sorted, 0.5) / 0.6745,
    readQuantile(sorted, 0.9) / 1.645,
    (endOfTailPart * readQuantile(sorted, 0.975)) / 2.241,
  );
}
