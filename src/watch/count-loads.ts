import { parseFolderHour } from "../folder-hour.js";
import type { LedgerRow } from "../ports/warehouse.js";
import type { HourPoint } from "./model.js";
import type { CountsByType } from "./read-counts.js";

/** What the loads of each type counted. */
export function countLoads(
  rows: readonly Pick<
    LedgerRow,
    "logType" | "folderHour" | "rowsLoaded" | "bytes"
  >[],
): CountsByType {
  const counts = new Map<string, HourPoint[]>();
  for (const { logType, folderHour, rowsLoaded, bytes } of rows) {
    const points = counts.get(logType) ?? [];
    points.push({ hour: parseFolderHour(folderHour), rows: rowsLoaded, bytes });
    counts.set(logType, points);
  }
  return counts;
}
