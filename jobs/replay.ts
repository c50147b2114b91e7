import { chooseTypes } from "../src/run/choose-types.js";
import type { Catalog } from "../src/catalog/catalog.js";
import { unknownTypeError } from "../src/catalog/find-type.js";
import { exitCodes, type ExitCode } from "../src/errors.js";
import type { FolderHour } from "../src/folder-hour.js";
import { listSetAside, type SetAsideHour } from "../src/load/list-set-aside.js";
import type { LoadHourPorts } from "../src/load/load-hour.js";
import { readLoads } from "../src/load/read-loads.js";
import {
  replayHours,
  type ReplayHoursResult,
} from "../src/load/replay-hours.js";
import type { ObjectStore } from "../src/ports/object-store.js";
import type { Warehouse } from "../src/ports/warehouse.js";
import { chooseExitCode } from "../src/run/run-hours.js";

export interface ReplayOptions {
  readonly catalog: Catalog;
  readonly hours: readonly [FolderHour, ...FolderHour[]];
  /** Null: every type of the catalog. */
  readonly type: string | null;
  readonly force: boolean;
}

/** Loads hours again whose load set rows aside, after their schema was mended. */
export async function replay(
  { catalog, hours, type, force }: ReplayOptions,
  ports: LoadHourPorts,
): Promise<ReplayHoursResult> {
  const types = chooseTypes(catalog, type === null ? null : [type]);
  return replayHours({ catalog, hours, types, force }, ports);
}

/** What is set aside now, of types too that the catalog has no more. Throws UsageError on a type that was not loaded in these hours either. */
export async function listReplay(
  { catalog, hours, type }: Omit<ReplayOptions, "force">,
  ports: { readonly stage: ObjectStore; readonly warehouse: Warehouse },
): Promise<SetAsideHour[]> {
  const isKnown =
    type === null ||
    catalog.types.has(type) ||
    (await isLoaded(type, hours, ports.warehouse));
  if (!isKnown) throw unknownTypeError(catalog, type);
  return listSetAside({ hours, types: type === null ? null : [type] }, ports);
}

async function isLoaded(
  type: string,
  hours: ReplayOptions["hours"],
  warehouse: Warehouse,
): Promise<boolean> {
  for await (const { loads } of readLoads(warehouse, hours))
    if (loads.some(({ logType }) => logType === type)) return true;
  return false;
}

/** The gravest failure's code; that of refused data where an hour was superseded; 0 where rows stay set aside, which is a warning. */
export function chooseReplayExit({
  failures,
  hours,
}: ReplayHoursResult): ExitCode {
  if (failures.length > 0) return chooseExitCode(failures);
  return hours.some(({ outcome }) => outcome === "superseded")
    ? exitCodes.dataRefused
    : exitCodes.done;
}
