import type { LogType } from "../catalog/catalog.js";
import { AccessError, ServiceError } from "../errors.js";
import type { FolderHour } from "../folder-hour.js";
import type { Log } from "../log.js";
import type { ObjectStore } from "../ports/object-store.js";
import type { Warehouse } from "../ports/warehouse.js";
import { quarantineFolder, quarantineKeyOf } from "./quarantine-key.js";

interface QuarantinePorts {
  readonly stage: ObjectStore;
  readonly warehouse: Warehouse;
  readonly log: Pick<Log, "warn">;
}

/**
 * The file of the load that stands now, which the next one takes the place of; null where there is none. Only that one may be deleted
 * by the next load: any other may be of a load that is about to name it.
 */
export async function findStandingFile(
  { name, onBadRow }: LogType,
  hour: FolderHour,
  { stage, warehouse }: QuarantinePorts,
): Promise<string | null> {
  const keys = new Set<string>();
  try {
    for await (const { key } of stage.list(quarantineFolder(name, hour)))
      keys.add(key);
  } catch (error) {
    // A type that fails on such rows, and never did otherwise, is loaded with the right to read alone.
    if (onBadRow === "fail" && error instanceof AccessError) return null;
    throw error;
  }
  // Mostly there is nothing, and the ledger need not be asked.
  if (keys.size === 0) return null;
  const ledger = await warehouse.readLedger(hour, hour);
  const current = ledger.find(({ logType }) => logType === name);
  const key = current === undefined ? null : quarantineKeyOf(current);
  return key !== null && keys.has(key) ? key : null;
}

/** Throws ServiceError where the file that the ledger names now is not there. */
export async function requireQuarantined(
  key: string,
  { stage }: Pick<QuarantinePorts, "stage">,
): Promise<void> {
  for await (const info of stage.list(key)) if (info.key === key) return;
  throw new ServiceError(
    `${stage.uri(key)} is gone, though the load that wrote it stands: another load, or sluice reconcile --run with a short --sweep-after, deleted it. Load again`,
  );
}

/** What can't be deleted is found by `reconcile`; the load's own outcome is what counts. */
export async function removeQuarantined(
  key: string,
  { stage, log }: Pick<QuarantinePorts, "stage" | "log">,
): Promise<void> {
  await stage.delete(key).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    log.warn({ key, reason }, "a quarantine file is left behind");
  });
}
