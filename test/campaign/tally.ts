/** What a campaign counts, by name. */
export interface Tally {
  count(name: string, times?: number): void;
  readonly counts: ReadonlyMap<string, number>;
}

export function createTally(): Tally {
  const counts = new Map<string, number>();
  return {
    counts,
    count(name, times = 1) {
      counts.set(name, (counts.get(name) ?? 0) + times);
    },
  };
}

/** Names that begin with `prefix`, without it, and the sum of their counts. */
export function countAll(tally: Tally, prefix: string): number {
  let sum = 0;
  for (const [name, count] of tally.counts)
    if (name.startsWith(prefix)) sum += count;
  return sum;
}

export function formatTally(tally: Tally): string {
  const names = [...tally.counts.keys()].sort();
  const width = Math.max(0, ...names.map((name) => name.length));
  return names
    .map(
      (name) =>
        `${name.padEnd(width)}  ${String(tally.counts.get(name)).padStart(7)}`,
    )
    .join("\n");
}
