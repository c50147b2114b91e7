import { countOf } from "../count-of.js";
import { formatShare } from "../schema/format-share.js";
import type {
  MovedShare,
  Share,
  ShareComparison,
} from "./find-moved-shares.js";

export interface SharesReport extends ShareComparison {
  readonly type: string;
  readonly day: string;
  readonly against: string;
  /** Hours that have counts. */
  readonly hours: { readonly day: number; readonly against: number };
}

/** What was found, in words. */
export function formatShares(report: SharesReport): string {
  const { type, day, against, hours, compared, moved } = report;
  const uncounted = [
    ...(hours.day === 0 ? [day] : []),
    ...(hours.against === 0 ? [against] : []),
  ];
  if (uncounted.length > 0)
    return `${type}: nothing was counted on ${uncounted.join(" and ")}. Loads count where the catalog says record_shares: true; load the hours again`;
  const range = `${day} (${countOf(hours.day, "hour")}) against ${against} (${countOf(hours.against, "hour")})`;
  return [
    `${type}: ${range}: ${moved.length === 0 ? "no share" : moved.length === 1 ? "1 share" : `${moved.length} shares`} of ${compared} ${compared === 1 ? "column" : "columns"} moved`,
    ...moved.map(formatMoved),
    ...listColumns(`only on ${day}`, report.onlyAfter),
    ...listColumns(`only on ${against}`, report.onlyBefore),
  ].join("\n");
}

function formatMoved({ column, kind, before, after }: MovedShare): string {
  return `  ${column}: ${kind} in ${formatFigures(after)}, was ${formatFigures(before)}`;
}

function formatFigures({ count, records, share }: Share): string {
  return `${formatShare(share)} (${count} of ${records})`;
}

function listColumns(title: string, columns: readonly string[]): string[] {
  return columns.length === 0 ? [] : [`  ${title}: ${columns.join(", ")}`];
}
