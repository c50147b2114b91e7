import type { FolderHour } from "../folder-hour.js";
import type { ObjectInfo } from "../ports/object-store.js";
import type { LedgerRow } from "../ports/warehouse.js";
import type { Finding } from "./finding.js";

/** Of an hour without a manifest; null where the source has nothing of it. `loads` are the ledger's rows of the hour. */
export function judgeMissing(
  hour: FolderHour,
  loads: readonly LedgerRow[],
  listed: readonly ObjectInfo[],
): Finding | null {
  if (listed.length === 0) return null;
  const about = { hour, type: null };
  if (loads.length === 0) {
    const message = `${listed.length} source objects, no manifest`;
    return { ...about, kind: "not_classified", message, automatic: true };
  }
  // Of which objects the loaded rows are, only that manifest told. Should some of them be gone, rows would be lost.
  const seq = Math.max(...loads.map((load) => load.seq));
  const until =
    seq === 1 ? "" : `, until its seq, which begins at 1 again, is ${seq + 1}`;
  const message = `seq ${seq} is loaded, but the manifest is gone. If the source is whole (${listed.length} objects now), run: sluice classify --hour ${hour}${until}`;
  return { ...about, kind: "manifest_gone", message, automatic: false };
}
