import type { LogType } from "../catalog/catalog.js";
import { findPartitionExpiry } from "../catalog/find-partition-expiry.js";
import type { FolderHour } from "../folder-hour.js";
import type { Log } from "../log.js";
import type { Warehouse } from "../ports/warehouse.js";

export interface ExpiryPorts {
  readonly warehouse: Pick<Warehouse, "url">;
  readonly clock: () => Date;
  readonly log: Pick<Log, "warn">;
}

/** Of an hour whose rows BigQuery deletes at once, though its load is done. Only the catalog is asked: a table that stands may keep them. */
export function warnOfExpiry(
  { type, hour }: { readonly type: LogType; readonly hour: FolderHour },
  { warehouse, clock, log }: ExpiryPorts,
): void {
  const expiry = findPartitionExpiry(type, hour);
  if (expiry === null || expiry > clock()) return;
  if (!warehouse.url.startsWith("bigquery:")) return;
  log.warn(
    { table: type.table, expired_at: expiry.toISOString() },
    `the hour is older than the type's expiration_days, ${String(type.expirationDays)}: BigQuery deletes its rows at once, unless the table keeps its partitions longer than the catalog says. To keep them, raise expiration_days and the table's own expiry, and load again`,
  );
}
