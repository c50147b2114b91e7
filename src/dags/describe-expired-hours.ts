import type { Catalog } from "../catalog/catalog.js";
import { findPartitionExpiry } from "../catalog/find-partition-expiry.js";
import { hoursBetween, type FolderHour } from "../folder-hour.js";
import type { LoadRange } from "./choose-load-ranges.js";

/** Which hours of a backfill BigQuery deletes as soon as they are loaded, as the catalog says: a sentence for each load that has some. */
export function describeExpiredHours(
  { types, warehouse }: Pick<Catalog, "types" | "warehouse">,
  ranges: readonly LoadRange[],
  to: FolderHour,
  now: Date,
): string[] {
  if (!warehouse.startsWith("bigquery:")) return [];
  return ranges.flatMap(({ load, from }) => {
    const type = types.get(load.type);
    if (type === undefined) return [];
    const expired = hoursBetween(from, to).filter((hour) => {
      const expiry = findPartitionExpiry(type, hour);
      return expiry !== null && expiry <= now;
    });
    const [first] = expired;
    const last = expired.at(-1);
    if (first === undefined || last === undefined) return [];
    const hours =
      first === last
        ? `${first} as soon as it is`
        : `${first} to ${last} as soon as they are`;
    return [
      `${load.dagId}: BigQuery deletes ${hours} loaded, unless the table keeps its partitions longer than the type's expiration_days, ${String(type.expirationDays)}.`,
    ];
  });
}
