/** Two columns and no frame: a name and its value. */
export function formatPairs(
  pairs: readonly (readonly [string, string])[],
): string {
  const width = Math.max(0, ...pairs.map(([name]) => name.length));
  return pairs
    .map(([name, value]) => `${name.padEnd(width)}  ${value}`.trimEnd())
    .join("\n");
}
