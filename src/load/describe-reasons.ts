import type { Misfit } from "../errors.js";

/** Why rows do not fit, as the ledger's readers are told. Printed as it is by `--json`. */
export interface SetAsideReason {
  /** Dotted path; empty for the row itself. */
  readonly column: string;
  readonly expected: string;
  readonly found: string;
  /** A row with several misfits counts for each. */
  readonly rows: number;
}

const reasonsTold = 10;

/** The most frequent first, ten at most. */
export function listTopReasons(misfits: readonly Misfit[]): SetAsideReason[] {
  return misfits
    .map(({ column, expected, found, count }) => ({
      column,
      expected,
      found,
      rows: count,
    }))
    .sort((one, other) => other.rows - one.rows)
    .slice(0, reasonsTold);
}

/** `price: expected INTEGER, found a string in 3 rows` */
export function describeReason(reason: SetAsideReason): string {
  const { column, expected, found, rows } = reason;
  return `${column === "" ? "the row" : column}: expected ${expected}, found ${found} in ${rows === 1 ? "1 row" : `${rows} rows`}`;
}
