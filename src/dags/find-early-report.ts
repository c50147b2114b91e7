import type { Catalog } from "../catalog/catalog.js";
import { addDays, dayOf } from "../report/days.js";
import { findLastLoad } from "./find-last-load.js";
import { findLocalTime } from "./local-time.js";
import { requireAirflow } from "./require-airflow.js";
import type { Schedules } from "./schedules.js";

/** No day's last load is started later than this, in a zone off by half an hour and in a night in which the clocks skip one. */
const safeHour = 3;
const minuteMs = 60_000;

export interface EarlyReport {
  readonly day: string;
  readonly reportAt: Date;
  readonly lastLoadAt: Date;
  readonly minutesAfterMidnight: number;
}

/** Plays a year of reports from the first one on; the first that is sent before the last load of its day is started, null where there is none. */
export function findEarlyReport(
  catalog: Catalog,
  schedules: Schedules,
  days = 366,
): EarlyReport | null {
  const { report, startDate } = requireAirflow(catalog);
  const { timezone } = catalog;
  if (report.hour >= safeHour) return null;
  const first = dayOf(new Date(startDate), timezone);
  for (let count = 0; count < days; count++) {
    const day = addDays(first, count);
    const next = addDays(day, 1);
    const reportAt = findLocalTime(next, report, timezone);
    const lastLoadAt = findLastLoad(schedules, day, timezone);
    if (reportAt > lastLoadAt) continue;
    const midnight = findLocalTime(next, { hour: 0, minute: 0 }, timezone);
    const waitMs = lastLoadAt.getTime() - midnight.getTime();
    const minutesAfterMidnight = waitMs / minuteMs;
    return { day, reportAt, lastLoadAt, minutesAfterMidnight };
  }
  return null;
}
