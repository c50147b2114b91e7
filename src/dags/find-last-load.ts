import { addHours, toFolderHour } from "../folder-hour.js";
import { addDays } from "../report/days.js";
import { tickOf } from "./explain-run.js";
import { findLocalTime } from "./local-time.js";
import type { Schedules } from "./schedules.js";

/** When the last load of a day's last folder hour is started; the day is the time zone's. */
export function findLastLoad(
  { classifier, loads }: Schedules,
  day: string,
  timezone: string,
): Date {
  const midnight = { hour: 0, minute: 0 };
  const end = findLocalTime(addDays(day, 1), midnight, timezone);
  const lastHour = toFolderHour(new Date(end.getTime() - 1));
  const minute = Math.max(
    classifier.minute,
    ...loads.map((load) => load.minute),
  );
  return tickOf(addHours(lastHour, 1), minute);
}
