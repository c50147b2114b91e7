import type { ReportRow } from "./report-model.js";

/** Added to both counts of a comparison, so that 2 rows in place of 1 don't come before a loss of thousands. */
const floorRows = 10;

/**
 * Worst first: types that are not loaded or differ, by their hours; then those that the catalog does not know; then by
 * how far the day is from its usual, in ratio, up or down alike.
 */
export function rankRows(rows: readonly ReportRow[]): ReportRow[] {
  return [...rows].sort(
    (a, b) =>
      tierOf(a) - tierOf(b) ||
      badHours(b) - badHours(a) ||
      deviation(b) - deviation(a) ||
      (b.rows.day ?? -1) - (a.rows.day ?? -1) ||
      (a.type < b.type ? -1 : 1),
  );
}

function tierOf(row: ReportRow): number {
  if (badHours(row) > 0) return 0;
  return row.catalogued ? 2 : 1;
}

function badHours({ notLoaded, differing }: ReportRow): number {
  return notLoaded.length + differing.length;
}

function deviation({ rows, usual }: ReportRow): number {
  if (rows.day === null || usual === null) return 0;
  return Math.abs(Math.log((rows.day + floorRows) / (usual + floorRows)));
}
