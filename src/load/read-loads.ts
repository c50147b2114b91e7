import type { FolderHour } from "../folder-hour.js";
import type { LedgerRow, Warehouse } from "../ports/warehouse.js";

const hoursAtOnce = 14 * 24;

/** The ledger's rows of a range, oldest first, two weeks at a time: those of years need not be held at once. */
export async function* readLoads(
  warehouse: Pick<Warehouse, "readLedger">,
  hours: readonly FolderHour[],
): AsyncGenerator<{
  readonly hours: readonly FolderHour[];
  readonly loads: readonly LedgerRow[];
}> {
  for (let start = 0; start < hours.length; start += hoursAtOnce) {
    const some = hours.slice(start, start + hoursAtOnce);
    const [first] = some;
    if (first === undefined) return;
    const loads = await warehouse.readLedger(first, some.at(-1) ?? first);
    yield { hours: some, loads };
  }
}
