import { countOf } from "../count-of.js";
import type { MisfitCollector } from "../schema/misfit-collector.js";

/** Why rows do not fit, as the ledger's readers are told. Printed as it is by `--json`. */
export interface SetAsideReason {
  /** Dotted path; empty for the row itself. */
  readonly column: string;
  readonly expected: string;
  readonly found: string;
  /** A row with several misfits counts for each. */
  readonly rows: number;
}

/** Why rows do not fit, with what the order of the reasons leaves out. */
export interface ToldReasons {
  /** The most frequent first, ten at most. */
  readonly reasons: readonly SetAsideReason[];
  /** Misfits of no reason, because rows brought too many: their reasons may be as frequent. */
  readonly ungrouped: number;
}

const reasonsTold = 10;

export function listTopReasons(
  collector: Pick<MisfitCollector, "misfits" | "ungroupedCount">,
): ToldReasons {
  const reasons = collector
    .misfits()
    .map(({ column, expected, found, count }) => ({
      column,
      expected,
      found,
      rows: count,
    }))
    .sort((one, other) => other.rows - one.rows)
    .slice(0, reasonsTold);
  return { reasons, ungrouped: collector.ungroupedCount };
}

/** One line for each reason, and one for what is in none. */
export function describeReasons({ reasons, ungrouped }: ToldReasons): string[] {
  const lines = reasons.map(describeReason);
  return ungrouped === 0
    ? lines
    : [
        ...lines,
        `and ${ungrouped} misfits of further reasons, which were not told apart`,
      ];
}

/** `price: expected INTEGER, found a string in 3 rows` */
function describeReason(reason: SetAsideReason): string {
  const { column, expected, found, rows } = reason;
  return `${column === "" ? "the row" : column}: expected ${expected}, found ${found} in ${countOf(rows, "row")}`;
}
