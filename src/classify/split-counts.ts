import { setAsideReasons, type SetAsideReason } from "./manifest.js";

/** Spool name of the set-aside lines; no type name starts with `_`. */
export const setAsideName = "_set_aside";

export interface SplitCounts {
  readonly lines: number;
  readonly blank: number;
  readonly reasons: Readonly<Partial<Record<SetAsideReason, number>>>;
  /** Rows by type. */
  readonly rows: ReadonlyMap<string, number>;
  /** Plain bytes of the lines, newlines included. */
  readonly bytes: number;
}

/** The counts of several splits, together. */
export function addCounts(all: readonly SplitCounts[]): SplitCounts {
  const rows = new Map<string, number>();
  for (const [type, count] of all.flatMap((each) => [...each.rows]))
    rows.set(type, (rows.get(type) ?? 0) + count);
  const sum = (count: (each: SplitCounts) => number) =>
    all.reduce((total, each) => total + count(each), 0);
  return {
    lines: sum((each) => each.lines),
    blank: sum((each) => each.blank),
    bytes: sum((each) => each.bytes),
    rows,
    reasons: Object.fromEntries(
      setAsideReasons
        .map(
          (reason) =>
            [reason, sum((each) => each.reasons[reason] ?? 0)] as const,
        )
        .filter(([, count]) => count > 0),
    ),
  };
}
