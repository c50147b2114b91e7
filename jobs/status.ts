import type { Catalog } from "../src/catalog/catalog.js";
import { hoursBetween, type FolderHour } from "../src/folder-hour.js";
import type { ObjectStore } from "../src/ports/object-store.js";
import type { Warehouse } from "../src/ports/warehouse.js";
import { readStates, type HourStatus } from "../src/status/read-states.js";

export interface StatusOptions {
  readonly catalog: Catalog;
  readonly from: FolderHour;
  readonly to: FolderHour;
}

/** Hours by types: not done, empty, staged, loaded, differing, with their counts. */
export async function status(
  options: StatusOptions,
  ports: { readonly stage: ObjectStore; readonly warehouse: Warehouse },
): Promise<HourStatus[]> {
  const hours = hoursBetween(options.from, options.to) as [
    FolderHour,
    ...FolderHour[],
  ];
  return readStates(options.catalog, hours, ports.stage, ports.warehouse);
}
