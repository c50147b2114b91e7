import pLimit from "p-limit";
import type { Catalog, LogType } from "../catalog/catalog.js";
import { classifyHour } from "../classify/classify-hour.js";
import {
  describeManifest,
  type ManifestCounts,
} from "../classify/describe-manifest.js";
import type { SplitLimits } from "../classify/split-task.js";
import type { SplitPorts } from "../classify/stage-split.js";
import { readTypeSchema } from "../catalog/read-type-schema.js";
import {
  exitCodes,
  NotOpenedError,
  SluiceError,
  type ExitCode,
} from "../errors.js";
import type { FolderHour } from "../folder-hour.js";
import { loadHour, type LoadResult } from "../load/load-hour.js";
import type { Log } from "../log.js";
import type { Warehouse } from "../ports/warehouse.js";

export interface RunHoursOptions {
  readonly catalog: Catalog;
  readonly hours: readonly FolderHour[];
  /** Those to load; an hour is always classified whole. */
  readonly types: readonly LogType[];
  readonly spoolDirectory: string;
  readonly limits?: SplitLimits & { readonly workers: number };
  /** Told of each step that ended; there is one an hour, and one for each type of it. */
  readonly onStep: (label: string) => void;
}

export interface RunHoursPorts extends SplitPorts {
  readonly warehouse: Warehouse;
  readonly clock: () => Date;
  readonly log: Log;
}

export interface RunFailure {
  readonly hour: FolderHour;
  /** Null: the classification. */
  readonly type: string | null;
  readonly exit_code: ExitCode;
  readonly message: string;
}

export type ClassifiedHour = Omit<ManifestCounts, "run" | "types">;

export interface RunHoursResult {
  readonly classified: readonly ClassifiedHour[];
  readonly loaded: readonly LoadResult[];
  /** Of the loads those that left their table to a newer classification. */
  readonly superseded: number;
  readonly failures: readonly RunFailure[];
}

const loadsAtOnce = 4;

/**
 * Classifies and loads each hour in turn. What fails as expected is reported, and the rest goes on, save loads
 * where the warehouse can't be opened; a bug is thrown.
 */
export async function runHours(
  options: RunHoursOptions,
  ports: RunHoursPorts,
): Promise<RunHoursResult> {
  const { catalog, types } = options;
  const classified: ClassifiedHour[] = [];
  const loaded: LoadResult[] = [];
  const failures: RunFailure[] = [];
  let isOpen = true;
  let notBegun = 0;
  const attempt = async <T>(
    hour: FolderHour,
    type: string | null,
    work: () => Promise<T>,
  ): Promise<T | null> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      isOpen &&= !(error instanceof NotOpenedError);
      failures.push({
        hour,
        type,
        exit_code: error.exitCode,
        message: error.message,
      });
      return null;
    } finally {
      options.onStep(`${hour} ${type ?? "classify"}`);
    }
  };
  const limit = pLimit(loadsAtOnce);
  for (const hour of options.hours) {
    const result = await attempt(hour, null, () =>
      classifyHour(
        {
          ...options.limits,
          catalog,
          hour,
          spoolDir: options.spoolDirectory,
          now: ports.clock,
          log: ports.log,
        },
        ports,
      ),
    );
    if (result === null) continue;
    const { seq, lines, blank, set_aside, unknown_types } = describeManifest(
      result.manifest,
    );
    classified.push({ hour, seq, lines, blank, set_aside, unknown_types });
    const load = (type: LogType) =>
      attempt(hour, type.name, async () =>
        loadHour(
          {
            type,
            hour,
            fields: await readTypeSchema(catalog, type),
            timezone: catalog.timezone,
          },
          ports,
        ),
      );
    const skip = (type: LogType): null => {
      notBegun += 1;
      options.onStep(`${hour} ${type.name}`);
      return null;
    };
    const loads = await Promise.all(
      types.map((type) => limit(() => (isOpen ? load(type) : skip(type)))),
    );
    loaded.push(...loads.filter((load) => load !== null));
  }
  if (notBegun > 0)
    ports.log.warn(
      { warehouse: ports.warehouse.url, loads: notBegun },
      "loads were not begun, because the warehouse can't be opened: run the same again once it can",
    );
  const superseded = loaded.filter(({ outcome }) => outcome === "superseded");
  return { classified, loaded, superseded: superseded.length, failures };
}

/** What no retry heals goes first. */
const gravest: readonly ExitCode[] = [
  exitCodes.usage,
  exitCodes.dataRefused,
  exitCodes.serviceFailed,
  exitCodes.notReady,
];

/** The exit code of a run: that of its gravest failure, or 0. */
export function chooseExitCode(failures: readonly RunFailure[]): ExitCode {
  return (
    gravest.find((code) =>
      failures.some(({ exit_code }) => exit_code === code),
    ) ?? exitCodes.done
  );
}
