import { startOf, type FolderHour } from "../folder-hour.js";
import type { LogType } from "./catalog.js";

const dayMs = 86_400_000;

/**
 * When BigQuery deletes the rows of the hour, as the catalog says: at the first moment of their partition plus `expiration_days`.
 * A table that stands may keep them for another time. Null: never.
 *
 * https://cloud.google.com/bigquery/docs/managing-partitioned-tables#partition-expiration
 */
export function findPartitionExpiry(
  {
    partitionBy,
    expirationDays,
  }: Pick<LogType, "partitionBy" | "expirationDays">,
  hour: FolderHour,
): Date | null {
  if (expirationDays === null || partitionBy === "none") return null;
  const start = startOf(hour);
  if (partitionBy !== "hour") start.setUTCHours(0);
  if (partitionBy === "month") start.setUTCDate(1);
  return new Date(start.getTime() + expirationDays * dayMs);
}
