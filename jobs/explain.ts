import type { Catalog } from "../src/catalog/catalog.js";
import { explainReconcileRun } from "../src/dags/explain-reconcile-run.js";
import { explainReportRun } from "../src/dags/explain-report-run.js";
import {
  explainRun,
  newestLogicalHour,
  type RunExplanation,
} from "../src/dags/explain-run.js";
import { explainWatchRun } from "../src/dags/explain-watch-run.js";
import { findLastDay } from "../src/dags/local-time.js";
import {
  reconcileDagId,
  reloadDagId,
  reportDagId,
  watchDagId,
} from "../src/dags/model.js";
import { readSchedules } from "../src/dags/read-schedules.js";
import { requireAirflow } from "../src/dags/require-airflow.js";
import { UsageError } from "../src/errors.js";
import { toFolderHour, type FolderHour } from "../src/folder-hour.js";
import { addDays, dayOf } from "../src/report/days.js";
import { suggestName } from "../src/schema/suggest-name.js";

export interface ExplainOptions {
  readonly catalog: Catalog;
  /** A DAG id, or the name of a log type. */
  readonly dag: string;
  /** A moment within the hour of the logical date, or within its day for log_report, such as `2026-11-21T03:37Z` or `2026-11-21T03`; default: the newest run that has started. */
  readonly at?: string;
  readonly now: Date;
  readonly dagDirectory?: string;
}

/**
 * Which hours a run handles, when it starts and what it waits for. `at` is floored to its UTC hour, or to its day in the catalog's time zone:
 * a DAG has one run in each.
 */
export async function explain(
  options: ExplainOptions,
): Promise<RunExplanation> {
  const { catalog, now } = options;
  const schedules = await readSchedules(catalog, options.dagDirectory);
  const airflow = requireAirflow(catalog);
  const at = options.at === undefined ? null : parseMoment(options.at);
  const chooseHour = (minute: number): FolderHour =>
    at === null ? newestLogicalHour(minute, now) : toFolderHour(at);
  const dags = [schedules.classifier, ...schedules.loads];
  const dag = dags.find(
    ({ dagId, type }) => dagId === options.dag || type === options.dag,
  );
  if (dag !== undefined) {
    const hour = chooseHour(dag.minute);
    return explainRun(schedules, dag, hour, catalog.settleMinutes);
  }
  switch (options.dag) {
    case watchDagId:
      return explainWatchRun(catalog, chooseHour(airflow.watch.minute));
    case reconcileDagId:
      return explainReconcileRun(catalog, chooseHour(airflow.reconcile.minute));
    case reportDagId: {
      const { timezone } = catalog;
      // A run starts on the day after the one that it reports.
      const day =
        at === null
          ? addDays(findLastDay(airflow.report, timezone, now), -1)
          : dayOf(at, timezone);
      return explainReportRun(catalog, schedules, day);
    }
    case reloadDagId:
      throw new UsageError(
        `${reloadDagId} has no hour of its own to explain: docs/airflow.md tells what it does`,
      );
  }
  const names = [
    ...dags.map(({ dagId }) => dagId),
    ...[watchDagId, reconcileDagId, reportDagId],
  ];
  const hint =
    suggestName(options.dag, names) ||
    `: expected log_classification, load_ and a table's name, ${reconcileDagId}, ${watchDagId} or ${reportDagId}`;
  throw new UsageError(`there is no DAG ${JSON.stringify(options.dag)}${hint}`);
}

/** A time without an offset is UTC. */
function parseMoment(text: string): Date {
  const match =
    /^(\d{4}-\d{2}-\d{2}T\d{2})(?::(\d{2}(?::\d{2}(?:\.\d+)?)?))?(Z|[+-]\d{2}:\d{2})?$/.exec(
      text,
    );
  const [, hour = "", rest = "00", zone = "Z"] = match ?? [];
  const time = new Date(`${hour}:${rest}${zone}`);
  if (Number.isNaN(time.getTime()) || !isHour(hour))
    throw new UsageError(
      `--at ${JSON.stringify(text)} is not a time: expected a logical date like 2026-11-21T03:37Z`,
    );
  return time;
}

/** False of days that no calendar has: Date reads 30 February as 2 March. */
function isHour(text: string): boolean {
  const time = new Date(`${text}:00Z`);
  return !Number.isNaN(time.getTime()) && toFolderHour(time) === text;
}
