import { chooseTypes } from "../src/run/choose-types.js";
import type { Catalog } from "../src/catalog/catalog.js";
import { exitCodes, type ExitCode } from "../src/errors.js";
import type { FolderHour } from "../src/folder-hour.js";
import { listSetAside, type SetAsideHour } from "../src/load/list-set-aside.js";
import type { LoadHourPorts } from "../src/load/load-hour.js";
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

/** What is set aside now. */
export async function listReplay(
  { hours, type }: Pick<ReplayOptions, "hours" | "type">,
  ports: { readonly stage: ObjectStore; readonly warehouse: Warehouse },
): Promise<SetAsideHour[]> {
  return listSetAside({ hours, types: type === null ? null : [type] }, ports);
}

/** The gravest failure's code; 0 where rows stay set aside, which is a warning. */
export function chooseReplayExit({ failures }: ReplayHoursResult): ExitCode {
  return failures.length > 0 ? chooseExitCode(failures) : exitCodes.done;
}
