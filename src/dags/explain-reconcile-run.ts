import type { Catalog } from "../catalog/catalog.js";
import { addHours, type FolderHour } from "../folder-hour.js";
import {
  describeNoSuchRun,
  minuteText,
  settledAtOf,
  tickOf,
  type RunExplanation,
} from "./explain-run.js";
import { reconcileDagId } from "./model.js";
import { requireAirflow } from "./require-airflow.js";
import { findReconcileStart } from "./schedules.js";
import { twoDigits } from "./two-digits.js";

/** Explains the run of log_reconcile whose logical date lies in this hour, where it starts when it should. */
export function explainReconcileRun(
  catalog: Catalog,
  logicalHour: FolderHour,
): RunExplanation {
  const airflow = requireAirflow(catalog);
  const { minute, hours } = airflow.reconcile;
  const to = addHours(logicalHour, -1);
  const from = addHours(to, 1 - hours);
  const logicalDate = tickOf(logicalHour, minute);
  const startsAt = tickOf(addHours(logicalHour, 1), minute);
  const settledAt = settledAtOf(to, catalog.settleMinutes);
  const startDate = findReconcileStart(airflow);
  const scheduled = logicalDate >= startDate;
  return {
    dagId: reconcileDagId,
    type: null,
    folderHour: null,
    from,
    to,
    day: null,
    logicalDate,
    startsAt,
    settledAt,
    scheduled,
    waitsFor: null,
    lines: [
      `${reconcileDagId} runs every hour at :${twoDigits(minute)} (UTC).`,
      `Its run of logical date ${minuteText(logicalDate)} looks at ${hours} folder hours, ${from} to ${to}: the last one ended an hour before the hour in which the run starts.`,
      `Airflow starts it at ${minuteText(startsAt)}, when its data interval ends: an hour after its logical date. It counts back from the clock: a run that starts in a later hour, or by hand, looks at the newest hours then.`,
      "It waits for no other DAG. It reads the listings of source and stage, the manifests and the ledger, and classifies, loads and sweeps what they show to be undone.",
      ...(startsAt < settledAt
        ? [
            `Hours that have not settled, ${catalog.settleMinutes} minutes after their end, are let be: the last one settles at ${minuteText(settledAt)}.`,
          ]
        : []),
      "After an outage Airflow makes the newest run alone.",
      ...describeNoSuchRun(
        scheduled,
        startDate,
        `On these hours by hand: sluice reconcile --from ${from} --to ${to} --run`,
      ),
    ],
  };
}
