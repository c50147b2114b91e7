import type { LogType } from "./catalog.js";
import { startOf, type FolderHour } from "../folder-hour.js";

/** Whether the type's `start_date` leaves this hour out: Airflow makes no load of it, and nobody asked for one. */
export function isBeforeStart(
  { startDate }: Pick<LogType, "startDate">,
  hour: FolderHour,
): boolean {
  return startDate !== null && startOf(hour).getTime() < Date.parse(startDate);
}
