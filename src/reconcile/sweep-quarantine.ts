import type { FolderHour } from "../folder-hour.js";
import { deleteFiles } from "../classify/hour-files.js";
import type { ObjectStore } from "../ports/object-store.js";
import type { Warehouse } from "../ports/warehouse.js";
import type { GarbageAge } from "./find-garbage.js";
import { findUnnamedQuarantine } from "./judge-quarantine.js";
import { listQuarantined } from "./list-quarantined.js";

/** Deletes the hour's quarantine files that no current load names. */
export async function sweepQuarantine(
  { stage, warehouse }: { stage: ObjectStore; warehouse: Warehouse },
  hour: FolderHour,
  catalogued: Iterable<string>,
  age: GarbageAge,
): Promise<boolean> {
  const before = await warehouse.readLedger(hour, hour);
  const types = [...catalogued, ...before.map(({ logType }) => logType)];
  const listed = (await listQuarantined(stage, [hour], types)).get(hour) ?? [];
  // After the listing: of the files in it, what is committed by now is named.
  const ledger = await warehouse.readLedger(hour, hour);
  const unnamed = findUnnamedQuarantine(hour, listed, ledger, age);
  await deleteFiles(stage, unnamed);
  return true;
}
