import { findLosses, type HourLoss } from "../src/alerts/find-losses.js";
import type { Catalog } from "../src/catalog/catalog.js";
import { ServiceError } from "../src/errors.js";
import { hoursBetween, type FolderHour } from "../src/folder-hour.js";
import type { Log } from "../src/log.js";
import type { ObjectStore } from "../src/ports/object-store.js";
import type { Warehouse } from "../src/ports/warehouse.js";
import { readStates, type HourStatus } from "../src/status/read-states.js";

export interface StatusOptions {
  readonly catalog: Catalog;
  readonly from: FolderHour;
  readonly to: FolderHour;
}

export interface StatusPorts {
  /** Null: where rows were lost is not looked for. */
  readonly source: ObjectStore | null;
  readonly stage: ObjectStore;
  readonly warehouse: Pick<Warehouse, "readLedger">;
  readonly clock: () => Date;
  readonly log: Pick<Log, "warn">;
}

export interface HourStatusWithLosses extends HourStatus {
  /** Null: not looked for, or not to be found out. */
  readonly losses: readonly HourLoss[] | null;
}

/** Hours by types: not done, empty, staged, loaded, differing, with their counts, and the stage of the pipe at which rows are missing. */
export async function status(
  options: StatusOptions,
  { source, stage, warehouse, clock, log }: StatusPorts,
): Promise<HourStatusWithLosses[]> {
  const hours = hoursBetween(options.from, options.to) as [
    FolderHour,
    ...FolderHour[],
  ];
  const states = await readStates(options.catalog, hours, stage, warehouse);
  const losses =
    source === null
      ? null
      : await findLosses(options.catalog, states, {
          source,
          stage,
          clock,
        }).catch((error: unknown) => {
          // The states stand without it, and are wanted most where a service fails.
          if (!(error instanceof ServiceError)) throw error;
          log.warn(
            { problem: error.message },
            "where rows were lost can't be found out; --no-losses does not look for it",
          );
          return null;
        });
  return states.map((state) => ({
    ...state,
    losses: losses === null ? null : (losses.get(state.hour) ?? []),
  }));
}
