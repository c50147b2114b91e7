/**
 * Deals objects of these sizes to `shares` shares: the largest first, each to the share that has the fewest bytes, of
 * those the fewest objects. The same sizes give the same shares; indexes ascend in each.
 */
export function balanceShares(
  sizesBytes: readonly number[],
  shares: number,
): number[][] {
  const dealt = Array.from({ length: shares }, () => ({
    bytes: 0,
    indexes: [] as number[],
  }));
  const largestFirst = sizesBytes
    .map((bytes, index) => ({ bytes, index }))
    .sort((one, other) => other.bytes - one.bytes || one.index - other.index);
  for (const { bytes, index } of largestFirst) {
    const lightest = dealt.reduce((best, share) =>
      share.bytes < best.bytes ||
      (share.bytes === best.bytes && share.indexes.length < best.indexes.length)
        ? share
        : best,
    );
    lightest.bytes += bytes;
    lightest.indexes.push(index);
  }
  return dealt.map(({ indexes }) => indexes.sort((one, other) => one - other));
}
