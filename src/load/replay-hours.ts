import pLimit from "p-limit";
import type { Catalog, LogType } from "../catalog/catalog.js";
import { readTypeSchema } from "../catalog/read-type-schema.js";
import { SluiceError, type ExitCode } from "../errors.js";
import type { FolderHour } from "../folder-hour.js";
import type { LedgerRow } from "../ports/warehouse.js";
import type { SetAsideReason } from "./describe-reasons.js";
import { loadHour, type LoadHourPorts } from "./load-hour.js";
import { readLoads } from "./read-loads.js";

export interface ReplayHoursOptions {
  readonly catalog: Catalog;
  readonly hours: readonly [FolderHour, ...FolderHour[]];
  readonly types: readonly LogType[];
  /** Whether to load also what has nothing set aside. */
  readonly force: boolean;
}

/** Printed as it is by `--json`. */
export interface ReplayedHour {
  readonly type: string;
  readonly hour: FolderHour;
  /** `left`: it has nothing set aside, or was never loaded. `failed`: its rows are as they were. */
  readonly outcome: "replaced" | "superseded" | "left" | "failed";
  /** Rows set aside; null where it was never loaded. */
  readonly before: number | null;
  readonly after: number | null;
  readonly rows_loaded: number | null;
  readonly reasons: readonly SetAsideReason[];
  /** Misfits that are in none of the first 200 reasons. */
  readonly ungrouped: number;
  readonly quarantine: string | null;
}

export interface ReplayHoursResult {
  readonly hours: readonly ReplayedHour[];
  readonly failures: readonly {
    readonly hour: FolderHour;
    readonly type: string;
    readonly exit_code: ExitCode;
    readonly message: string;
  }[];
}

const loadsAtOnce = 4;

/** Loads those of the types' hours again whose load set rows aside. What fails as expected is reported, and the rest goes on. */
export async function replayHours(
  options: ReplayHoursOptions,
  ports: LoadHourPorts,
): Promise<ReplayHoursResult> {
  const failures: ReplayHoursResult["failures"][number][] = [];
  const limit = pLimit(loadsAtOnce);
  const replayed: ReplayedHour[] = [];
  const replayHour = (hour: FolderHour, ledger: readonly LedgerRow[]) => {
    const loads = new Map(
      ledger
        .filter((row) => row.folderHour === hour)
        .map((row) => [row.logType, row]),
    );
    return options.types.map((type) =>
      limit(async (): Promise<ReplayedHour> => {
        const load = loads.get(type.name);
        const left = describeLoad(type, hour, load);
        if (!options.force && (load?.rowsSetAside ?? 0) === 0) return left;
        try {
          return await replay(options, ports, type, left);
        } catch (error) {
          if (!(error instanceof SluiceError)) throw error;
          const { exitCode, message } = error;
          failures.push({
            hour,
            type: type.name,
            exit_code: exitCode,
            message,
          });
          return { ...left, outcome: "failed" };
        }
      }),
    );
  };
  for await (const { hours, loads } of readLoads(
    ports.warehouse,
    options.hours,
  ))
    for (const hour of hours)
      replayed.push(...(await Promise.all(replayHour(hour, loads))));
  return { hours: replayed, failures };
}

function describeLoad(
  type: LogType,
  hour: FolderHour,
  load: LedgerRow | undefined,
): ReplayedHour {
  const rows = load?.rowsSetAside ?? null;
  return {
    type: type.name,
    hour,
    outcome: "left",
    before: rows,
    after: rows,
    rows_loaded: load?.rowsLoaded ?? null,
    reasons: [],
    ungrouped: 0,
    quarantine: null,
  };
}

async function replay(
  { catalog }: ReplayHoursOptions,
  ports: LoadHourPorts,
  type: LogType,
  before: ReplayedHour,
): Promise<ReplayedHour> {
  const { hour } = before;
  const fields = await readTypeSchema(catalog, type);
  const { timezone } = catalog;
  const result = await loadHour({ type, hour, fields, timezone }, ports);
  if (result.outcome === "superseded")
    return { ...before, outcome: "superseded" };
  return {
    ...before,
    outcome: "replaced",
    after: result.rows_set_aside,
    rows_loaded: result.rows_loaded,
    reasons: result.set_aside_reasons,
    ungrouped: result.set_aside_ungrouped,
    quarantine: result.quarantine,
  };
}
