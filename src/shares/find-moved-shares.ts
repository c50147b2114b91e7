import type { ColumnSums } from "../ports/warehouse.js";

export type ShareKind = "null" | "missing" | "zero" | "empty";

export interface Share {
  readonly count: number;
  readonly records: number;
  /** 0 to 1. */
  readonly share: number;
}

/** A share that moved from the one day to the other. */
export interface MovedShare {
  readonly column: string;
  readonly kind: ShareKind;
  readonly before: Share;
  readonly after: Share;
  /** Cohen's h, above 0 where the share grew: 2 asin(√after) - 2 asin(√before). From -π to π. */
  readonly effect: number;
  /** The effect in standard errors. */
  readonly z: number;
}

export interface ShareComparison {
  /** Columns that both days have. */
  readonly compared: number;
  /** The largest effect first. */
  readonly moved: readonly MovedShare[];
  /** Columns with records on one of the days only. */
  readonly onlyBefore: readonly string[];
  readonly onlyAfter: readonly string[];
}

/** What Cohen calls small: 0 to 1 %, 10 to 17 %, 50 to 60 %. Below it, millions of rows make any difference a sure one. */
const leastEffect = 0.2;
/** Standard errors: once in 16,000 by chance, as a day has hundreds of shares. Fewer than 7 records on each day never reach it. */
const leastZ = 4;

const counts = {
  null: "nulls",
  missing: "missing",
  zero: "zeros",
  empty: "empties",
} as const satisfies Record<ShareKind, keyof ColumnSums>;
const kinds = Object.keys(counts) as readonly ShareKind[];

/** Two proportions each, on the arcsine scale, where a step is as sure at 1 % as it is at 50 %. */
export function findMovedShares(
  before: readonly ColumnSums[],
  after: readonly ColumnSums[],
): ShareComparison {
  const earlier = byColumn(before);
  const later = byColumn(after);
  const moved: MovedShare[] = [];
  let compared = 0;
  for (const [column, sums] of later) {
    const old = earlier.get(column);
    if (old === undefined) continue;
    compared += 1;
    for (const kind of kinds) {
      const share = compare(column, kind, old, sums);
      if (Math.abs(share.effect) >= leastEffect && Math.abs(share.z) >= leastZ)
        moved.push(share);
    }
  }
  moved.sort(
    (one, other) =>
      Math.abs(other.effect) - Math.abs(one.effect) ||
      compareText(one.column, other.column),
  );
  return {
    compared,
    moved,
    onlyBefore: [...earlier.keys()].filter((column) => !later.has(column)),
    onlyAfter: [...later.keys()].filter((column) => !earlier.has(column)),
  };
}

function byColumn(sums: readonly ColumnSums[]): Map<string, ColumnSums> {
  return new Map(
    sums
      .filter(({ records }) => records > 0)
      .map((each) => [each.column, each]),
  );
}

function compare(
  column: string,
  kind: ShareKind,
  old: ColumnSums,
  sums: ColumnSums,
): MovedShare {
  const before = shareOf(old, kind);
  const after = shareOf(sums, kind);
  const effect = arcsine(after.share) - arcsine(before.share);
  const z =
    (steadyArcsine(after) - steadyArcsine(before)) /
    Math.sqrt(1 / (before.records + 0.5) + 1 / (after.records + 0.5));
  return { column, kind, before, after, effect, z };
}

function shareOf(sums: ColumnSums, kind: ShareKind): Share {
  const count = sums[counts[kind]];
  return { count, records: sums.records, share: count / sums.records };
}

function arcsine(share: number): number {
  return 2 * Math.asin(Math.sqrt(share));
}

/** With Anscombe's correction, by which its variance is 1 / (records + 1/2), however few they are and however rare the share. */
function steadyArcsine({ count, records }: Share): number {
  return arcsine((count + 3 / 8) / (records + 3 / 4));
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
