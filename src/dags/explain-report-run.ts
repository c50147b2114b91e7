import type { Catalog } from "../catalog/catalog.js";
import { addDays, hoursOfDay } from "../report/days.js";
import {
  describeNoSuchRun,
  minuteText,
  settledAtOf,
  type RunExplanation,
} from "./explain-run.js";
import { findLastLoad } from "./find-last-load.js";
import { findLocalTime } from "./local-time.js";
import { reportDagId } from "./model.js";
import { requireAirflow } from "./require-airflow.js";
import { findReportStart, type Schedules } from "./schedules.js";
import { twoDigits } from "./two-digits.js";

const hourMs = 3_600_000;

/** Explains the run of log_report for this day of the catalog's time zone. Throws UsageError where the zone skipped the day. */
export function explainReportRun(
  catalog: Catalog,
  schedules: Schedules,
  day: string,
): RunExplanation {
  const airflow = requireAirflow(catalog);
  const { timezone } = catalog;
  const { report } = airflow;
  const hours = hoursOfDay(day, timezone);
  const [from] = hours;
  const to = hours.at(-1) ?? from;
  const next = addDays(day, 1);
  const logicalDate = findLocalTime(day, report, timezone);
  const startsAt = findLocalTime(next, report, timezone);
  const at = `${twoDigits(report.hour)}:${twoDigits(report.minute)}`;
  const span = (startsAt.getTime() - logicalDate.getTime()) / hourMs;
  const lastLoad = findLastLoad(schedules, day, timezone);
  const startDate = findReportStart(airflow);
  const scheduled = logicalDate >= startDate;
  return {
    dagId: reportDagId,
    type: null,
    folderHour: null,
    from,
    to,
    day,
    logicalDate,
    startsAt,
    settledAt: settledAtOf(to, catalog.settleMinutes),
    scheduled,
    waitsFor: null,
    lines: [
      `${reportDagId} runs every day at ${at} (${timezone}).`,
      `Its run of logical date ${minuteText(logicalDate)}, ${day} ${at} there, reports ${day}: the day of the logical date in ${timezone}, folder hours ${from} to ${to}, ${hours.length} of them${hours.length === 24 ? "" : ", for the clocks change on that day"}.`,
      `Airflow starts it at ${minuteText(startsAt)}, ${next} ${at} there, when its data interval ends: ${span} hours after its logical date.`,
      "It waits for no other DAG. It reads the day's manifests, and the ledger and the hours' counts of the day and of the two weeks before; no table.",
      startsAt > lastLoad
        ? `The last load of the day's hours is started at ${minuteText(lastLoad)}, before it.`
        : `The last load of the day's hours is started at ${minuteText(lastLoad)}, and not before it: airflow.report.at should be later.`,
      "After an outage Airflow makes the newest run alone.",
      ...describeNoSuchRun(
        scheduled,
        startDate,
        `Trigger it with {"day": "${day}"}.`,
      ),
    ],
  };
}
