import { countOf } from "../count-of.js";
import type { LogType } from "../catalog/catalog.js";
import type { Manifest } from "../classify/manifest.js";
import { describeNewerLedger } from "../load/describe-newer-ledger.js";
import type { LedgerRow } from "../ports/warehouse.js";
import type { Finding } from "./finding.js";
import { isBeforeStart } from "../catalog/is-before-start.js";

/**
 * What the warehouse lacks of the manifest's types that the catalog knows. A type that the manifest lacks was catalogued later, and is none of it;
 * nor is one whose `start_date` is later than the hour, unless the hour was loaded all the same.
 */
export function judgeLoads(
  catalogued: Iterable<Pick<LogType, "name" | "startDate">>,
  manifest: Manifest,
  ledger: readonly LedgerRow[],
): Finding[] {
  const { hour, seq, run } = manifest;
  const loads = new Map(
    ledger
      .filter((row) => row.folderHour === hour)
      .map((row) => [row.logType, row]),
  );
  return [...catalogued].flatMap(({ name: type, startDate }): Finding[] => {
    const staged = manifest.types[type];
    if (staged === undefined) return [];
    const load = loads.get(type);
    if (load === undefined) {
      if (isBeforeStart({ startDate }, hour)) return [];
      const message = `${countOf(staged.rows, "row")} staged, seq ${seq}; never loaded`;
      return [{ hour, kind: "not_loaded", type, message, automatic: true }];
    }
    if (load.seq > seq) {
      const message = describeNewerLedger(hour, load.seq, seq);
      return [{ hour, kind: "ledger_newer", type, message, automatic: false }];
    }
    const rows = load.rowsLoaded + load.rowsSetAside;
    // A manifest that was deleted begins at seq 1 again: only its run tells it from the one before.
    const isSame = load.seq === seq && load.run === run;
    if (isSame && rows === staged.rows) return [];
    const runs = load.seq === seq && !isSame ? [run, load.run] : [];
    const [ofStaged, ofLoaded] = runs.map((each) => ` of run ${each}`);
    const message = `${countOf(staged.rows, "row")} staged, seq ${seq}${ofStaged ?? ""}; ${rows} loaded, seq ${load.seq}${ofLoaded ?? ""}`;
    return [{ hour, kind: "not_loaded", type, message, automatic: true }];
  });
}
