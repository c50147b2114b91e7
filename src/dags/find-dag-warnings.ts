import type { Catalog } from "../catalog/catalog.js";
import { findEarlyReport } from "./find-early-report.js";
import { findFirstRunGap } from "./find-first-run-gap.js";
import { readSchedules } from "./read-schedules.js";
import type { Schedules } from "./schedules.js";
import { twoDigits } from "./two-digits.js";

/** Least minutes that the last loads of a day have for their work before its report. */
const loadMinutes = 30;

/** What the DAGs will do and their author may not think of, a sentence each. */
export async function findDagWarnings(catalog: Catalog): Promise<string[]> {
  if (catalog.airflow === null) return [];
  const schedules = await readSchedules(catalog);
  return [
    ...warnOfFirstRuns(catalog, schedules),
    ...warnOfEarlyReport(catalog, schedules),
  ];
}

function warnOfFirstRuns(
  { file, airflow }: Catalog,
  schedules: Schedules,
): string[] {
  if (airflow === null || airflow.catchup) return [];
  const gap = findFirstRunGap(schedules);
  if (gap === null) return [];
  const { fromMinute, toMinute, dagIds } = gap;
  const [first = ""] = dagIds;
  const more = dagIds.length - 1;
  const which = more === 0 ? first : `${first} and ${more} more`;
  return [
    `${file} airflow.catchup: false: where DAGs are unpaused, or Airflow comes back after an outage, from :${twoDigits(fromMinute)} to :${twoDigits(toMinute)} of an hour, ` +
      `the first run of ${which} may be for an hour that the classifier has no run of: its sensor gives up after sensor_timeout_seconds, ${airflow.sensorTimeoutSeconds}. ` +
      `log_reconcile classifies and loads that hour. Unpause at another minute, or set catchup: true, to be spared it`,
  ];
}

function warnOfEarlyReport(catalog: Catalog, schedules: Schedules): string[] {
  const early = findEarlyReport(catalog, schedules);
  const report = catalog.airflow?.report;
  if (early === null || report === undefined) return [];
  const { day, minutesAfterMidnight } = early;
  const safe = Math.ceil((minutesAfterMidnight + loadMinutes) / 30) * 30;
  return [
    `${catalog.file} airflow.report.at: ${formatTime(report.hour * 60 + report.minute)} in ${catalog.timezone} is before the day's rows can be loaded: ` +
      `the last load of ${day} is started ${minutesAfterMidnight} minutes after midnight there; expected a time that leaves it time, such as ${formatTime(safe)}`,
  ];
}

function formatTime(minutes: number): string {
  return `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;
}
