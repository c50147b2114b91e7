import type { Catalog } from "../catalog/catalog.js";
import type { Manifest } from "../classify/manifest.js";
import type { SplitCounts } from "./locate-loss.js";

/** What a classification usually makes of an hour. */
export interface UsualSplit {
  /** Of the lines that are not blank. */
  readonly setAsideShare: number;
  /** Of types that the catalog lacks. */
  readonly unknownRows: number;
}

export function compareSplit(
  { lines, blank, set_aside, types }: Manifest,
  catalog: Pick<Catalog, "types">,
  usual: UsualSplit,
): SplitCounts {
  const unknown = Object.entries(types)
    .filter(([name, { rows }]) => !catalog.types.has(name) && rows > 0)
    .sort(([, one], [, other]) => other.rows - one.rows);
  const unknownRows = unknown.reduce((sum, [, { rows }]) => sum + rows, 0);
  return {
    setAsideMore: set_aside.rows - usual.setAsideShare * (lines - blank),
    reasons: describeReasons(set_aside.reasons),
    unknownMore: unknownRows - usual.unknownRows,
    unknownTypes: unknown
      .slice(0, 5)
      .map(([name, { rows }]) => `${name} (${rows})`),
  };
}

/** In words, the most frequent first. */
export function describeReasons(
  reasons: Readonly<Partial<Record<string, number>>>,
): string[] {
  return Object.entries(reasons)
    .map(([reason, lines]) => [reason, lines ?? 0] as const)
    .sort(([, one], [, other]) => other - one)
    .map(([reason, lines]) => `${reason} (${lines})`);
}
