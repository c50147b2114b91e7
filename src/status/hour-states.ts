import type { Manifest } from "../classify/manifest.js";
import type { LedgerRow } from "../ports/warehouse.js";

/**
 * `not_done`: the hour is not classified. `empty`: it is, and holds nothing of the type. `staged`: classified, never loaded.
 * `loaded`: the ledger agrees with the manifest. `differing`: the ledger is of another classification, or counts otherwise.
 */
export type HourState =
  "not_done" | "empty" | "staged" | "loaded" | "differing";

export interface TypeHour {
  readonly type: string;
  readonly hour: string;
  readonly state: HourState;
  /** Rows that the manifest counts; null where there is none. */
  readonly staged: number | null;
  /** Rows that the ledger counts; null where it has no row. */
  readonly loaded: number | null;
  readonly setAsideByLoad: number | null;
  /** The classification that the ledger's row is of; left out where it has no row. */
  readonly loadedSeq?: number;
  readonly catalogued: boolean;
}

type CountedLoad = Pick<
  LedgerRow,
  "logType" | "folderHour" | "seq" | "run" | "rowsLoaded" | "rowsSetAside"
>;

/** What became of one hour: a cell for each catalogued type, and for each other that the hour held or the ledger knows. */
export function judgeHour(
  hour: string,
  catalogued: readonly string[],
  manifest: Manifest | null,
  ledger: readonly CountedLoad[],
): TypeHour[] {
  const loads = new Map(
    ledger
      .filter((row) => row.folderHour === hour)
      .map((row) => [row.logType, row]),
  );
  const staged = new Map(Object.entries(manifest?.types ?? {}));
  const others = [...new Set([...staged.keys(), ...loads.keys()])].filter(
    (type) => !catalogued.includes(type),
  );
  return [...catalogued, ...others.sort()].map((type) => {
    const load = loads.get(type);
    const rows = manifest === null ? null : (staged.get(type)?.rows ?? 0);
    return {
      type,
      hour,
      state: judge(rows, manifest, load),
      staged: rows,
      loaded: load?.rowsLoaded ?? null,
      setAsideByLoad: load?.rowsSetAside ?? null,
      ...(load !== undefined && { loadedSeq: load.seq }),
      catalogued: catalogued.includes(type),
    };
  });
}

function judge(
  rows: number | null,
  manifest: Manifest | null,
  load: CountedLoad | undefined,
): HourState {
  if (manifest === null || rows === null)
    return load === undefined ? "not_done" : "differing";
  if (load === undefined) return rows === 0 ? "empty" : "staged";
  const agrees =
    load.rowsLoaded + load.rowsSetAside === rows &&
    load.seq === manifest.seq &&
    // A manifest that was deleted begins at seq 1 again: only its run tells it from the one before.
    load.run === manifest.run;
  if (!agrees) return "differing";
  return rows === 0 ? "empty" : "loaded";
}
