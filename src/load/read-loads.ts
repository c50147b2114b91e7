import type { FolderHour } from "../folder-hour.js";
import type { LedgerRow, Warehouse } from "../ports/warehouse.js";

/** Rows of the ledger are large until what is needed of them is taken: eight weeks of a hundred types at once take half a GiB. */
const hoursAtOnce = 14 * 24;

/** Hours side by side, and the newest load of each type of each of them, in no order. */
export interface LoadsWindow {
  readonly hours: readonly FolderHour[];
  readonly loads: readonly LedgerRow[];
}

/** The ledger's rows of a range, two weeks at a time, the oldest first: those of years need not be held at once. */
export async function* readLoads(
  warehouse: Pick<Warehouse, "readLedger">,
  hours: readonly FolderHour[],
): AsyncGenerator<LoadsWindow> {
  for (let start = 0; start < hours.length; start += hoursAtOnce) {
    const some = hours.slice(start, start + hoursAtOnce);
    const [first] = some;
    if (first === undefined) return;
    const loads = await warehouse.readLedger(first, some.at(-1) ?? first);
    yield { hours: some, loads };
  }
}
