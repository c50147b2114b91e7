import type { Catalog } from "../catalog/catalog.js";
import { addHours, type FolderHour } from "../folder-hour.js";
import {
  describeNoSuchRun,
  minuteText,
  settledAtOf,
  tickOf,
  type RunExplanation,
} from "./explain-run.js";
import { watchDagId } from "./model.js";
import { requireAirflow } from "./require-airflow.js";
import { findWatchStart } from "./schedules.js";
import { twoDigits } from "./two-digits.js";

/** Explains the run of log_watch whose logical date lies in this hour. */
export function explainWatchRun(
  catalog: Catalog,
  logicalHour: FolderHour,
): RunExplanation {
  const airflow = requireAirflow(catalog);
  const { minute } = airflow.watch;
  const hour = addHours(logicalHour, -1);
  const logicalDate = tickOf(logicalHour, minute);
  const startsAt = tickOf(addHours(logicalHour, 1), minute);
  const startDate = findWatchStart(airflow);
  const scheduled = logicalDate >= startDate;
  return {
    dagId: watchDagId,
    type: null,
    folderHour: hour,
    from: hour,
    to: hour,
    day: null,
    logicalDate,
    startsAt,
    settledAt: settledAtOf(hour, catalog.settleMinutes),
    scheduled,
    waitsFor: null,
    lines: [
      `${watchDagId} runs every hour at :${twoDigits(minute)} (UTC).`,
      `Its run of logical date ${minuteText(logicalDate)} watches folder hour ${hour}: the hour before that of the logical date, whose loads have all been started by then.`,
      `Airflow starts it at ${minuteText(startsAt)}, when its data interval ends: an hour after its logical date.`,
      "It waits for no other DAG. It reads the ledger and the hours' counts, their manifests and the listings of the source, and no table.",
      "After an outage Airflow makes the newest run alone, which also watches up to 23 hours before it that no run has watched.",
      ...describeNoSuchRun(
        scheduled,
        startDate,
        `Trigger it with {"hour": "${hour}"}.`,
      ),
    ],
  };
}
