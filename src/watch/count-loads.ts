import { parseFolderHour } from "../folder-hour.js";
import type { LedgerRow } from "../ports/warehouse.js";
import type { HourPoint } from "./model.js";
import type { CountsByType } from "./read-counts.js";

/** What the loads of each type counted; of a ledger row no more than this is kept. */
export async function countLoads(
  batches: AsyncIterable<{
    readonly loads: readonly Pick<
      LedgerRow,
      "logType" | "folderHour" | "rowsLoaded" | "bytes"
    >[];
  }>,
): Promise<CountsByType> {
  const counts = new Map<string, HourPoint[]>();
  for await (const { loads } of batches)
    for (const { logType, folderHour, rowsLoaded: rows, bytes } of loads) {
      const point = { hour: parseFolderHour(folderHour), rows, bytes };
      const points = counts.get(logType);
      if (points === undefined) counts.set(logType, [point]);
      else points.push(point);
    }
  return counts;
}
