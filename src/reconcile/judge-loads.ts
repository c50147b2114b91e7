import type { Manifest } from "../classify/manifest.js";
import type { LedgerRow } from "../ports/warehouse.js";
import type { Finding } from "./finding.js";

/** What the warehouse lacks of the manifest's types that the catalog knows; a type that the manifest lacks was catalogued later, and is none of it. */
export function judgeLoads(
  catalogued: Iterable<string>,
  manifest: Manifest,
  ledger: readonly LedgerRow[],
): Finding[] {
  const { hour, seq } = manifest;
  const loads = new Map(
    ledger
      .filter((row) => row.folderHour === hour)
      .map((row) => [row.logType, row]),
  );
  return [...catalogued].flatMap((type): Finding[] => {
    const staged = manifest.types[type];
    if (staged === undefined) return [];
    const load = loads.get(type);
    if (load === undefined) {
      const message = `${staged.rows} rows staged, seq ${seq}; never loaded`;
      return [{ hour, kind: "not_loaded", type, message, automatic: true }];
    }
    if (load.seq > seq) {
      const message = `seq ${load.seq} is loaded, but the manifest is of seq ${seq}: it was deleted or put back. Run until its seq is higher: sluice classify --hour ${hour}`;
      return [{ hour, kind: "ledger_newer", type, message, automatic: false }];
    }
    const rows = load.rowsLoaded + load.rowsSetAside;
    if (load.seq === seq && rows === staged.rows) return [];
    const message = `${staged.rows} rows staged, seq ${seq}; ${rows} loaded, seq ${load.seq}`;
    return [{ hour, kind: "not_loaded", type, message, automatic: true }];
  });
}
