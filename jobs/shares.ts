import type { Warehouse } from "../src/ports/warehouse.js";
import { findMovedShares } from "../src/shares/find-moved-shares.js";
import type { SharesReport } from "../src/shares/format-shares.js";
import type { Day } from "../src/shares/parse-day.js";

export interface SharesOptions {
  readonly type: string;
  readonly day: Day;
  readonly against: Day;
}

/** Finds the columns whose shares of null, missing, 0 or empty moved between two days, by what the loads counted. */
export async function shares(
  { type, day, against }: SharesOptions,
  { warehouse }: { readonly warehouse: Pick<Warehouse, "readColumnSums"> },
): Promise<SharesReport> {
  const read = ({ first, last }: Day) =>
    warehouse.readColumnSums(type, first, last);
  const before = await read(against);
  const after = await read(day);
  const hoursOf = (sums: typeof before) =>
    Math.max(0, ...sums.map(({ hours }) => hours));
  return {
    type,
    day: day.name,
    against: against.name,
    hours: { day: hoursOf(after), against: hoursOf(before) },
    ...findMovedShares(before, after),
  };
}
