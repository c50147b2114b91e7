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
  // Of the same seq, loads tell it from the one before by its run.
  const times = seq === 1 ? "" : ` ${seq + 1} times, because seq begins at 1`;
  const message = `seq ${seq} is loaded, but the manifest is gone. If the source is whole (${listed.length} objects now), run${times}: sluice classify --hour ${hour}; then, once: sluice reconcile --from ${hour} --to ${hour} --run`;
  return { ...about, kind: "manifest_gone", message, automatic: false };
}
