import type { HourRow } from "../ports/warehouse.js";
import type { TypeHour } from "../status/hour-states.js";
import type { PageLoad } from "./read-page-ledger.js";

/**
 * What became of one hour, as far as the warehouse alone can tell: null where a type has no load of the newest classification that
 * the warehouse knows, so that only the manifest says what it was to load.
 * @param loads The newest loads of this hour.
 */
export function judgeFromLedger(
  hour: string,
  catalogued: readonly string[],
  counts: HourRow | undefined,
  loads: readonly PageLoad[],
): TypeHour[] | null {
  if (counts === undefined) return null;
  const byType = new Map(loads.map((row) => [row.logType, row]));
  if (loads.some(({ seq, run }) => seq !== counts.seq || run !== counts.run))
    return null;
  if (catalogued.some((type) => !byType.has(type))) return null;
  const known = new Set(catalogued);
  const unknown = new Map(Object.entries(counts.unknownTypes));
  const others = [...new Set([...byType.keys(), ...unknown.keys()])].filter(
    (type) => !known.has(type),
  );
  return [...catalogued, ...others.sort()].map((type) => {
    const load = byType.get(type);
    const staged =
      load === undefined
        ? (unknown.get(type) ?? 0)
        : load.rowsLoaded + load.rowsSetAside;
    const there = load === undefined ? "staged" : "loaded";
    return {
      type,
      hour,
      state: staged === 0 ? "empty" : there,
      staged,
      loaded: load?.rowsLoaded ?? null,
      setAsideByLoad: load?.rowsSetAside ?? null,
      catalogued: known.has(type),
    };
  });
}
