import type { AirflowSettings, Catalog, LogType } from "../catalog/catalog.js";
import { UsageError } from "../errors.js";
import { requireAirflow } from "./require-airflow.js";
import type { ScheduleLock } from "./schedule-lock.js";

const classifierDagId = "log_classification";
const hourMs = 3_600_000;

/** What one DAG does and when: the facts that its view, `explain`, `backfill` and the proof of the schedules share. */
export interface DagSchedule {
  readonly dagId: string;
  /** Null for the classifier. */
  readonly type: string | null;
  readonly minute: number;
  readonly maxActiveRuns: number;
  /** No logical date lies before it; a whole hour. */
  readonly startDate: Date;
}

export interface LoadSchedule extends DagSchedule {
  readonly type: string;
}

export interface Schedules {
  readonly classifier: DagSchedule;
  readonly loads: readonly LoadSchedule[];
}

/** Every DAG's schedule: the classifier, and the loads by DAG id. */
export function buildSchedules(
  catalog: Catalog,
  lock: ScheduleLock,
): Schedules {
  const airflow = requireAirflow(catalog);
  const loads = [...catalog.types.values()].map((type) => ({
    dagId: loadDagId(type),
    type: type.name,
    // Two hours of one table would only wait for each other in the warehouse.
    maxActiveRuns: 1,
    minute: lock.minutes.get(type.name) ?? airflow.fastMinute,
    startDate: wholeHourFrom(type.startDate ?? airflow.startDate),
  }));
  return {
    classifier: {
      dagId: classifierDagId,
      type: null,
      maxActiveRuns: airflow.classify.maxActiveRuns,
      minute: lock.classifyMinute,
      startDate: wholeHourFrom(airflow.startDate),
    },
    loads: loads.sort((a, b) => (a.dagId < b.dagId ? -1 : 1)),
  };
}

/** Also the name of its file, so nothing but letters, digits and underscores may pass. */
function loadDagId(type: LogType): string {
  if (!/^[A-Za-z0-9_]{1,240}$/.test(type.table))
    throw new UsageError(
      `type ${JSON.stringify(type.name)}: its table ${JSON.stringify(type.table)} can't name a DAG file: expected up to 240 of A-Z, a-z, 0-9 and _`,
    );
  return `load_${type.table}`;
}

/** The first run of log_reconcile looks at no hour before airflow.start_date: those are not to be done. */
export function findReconcileStart(airflow: AirflowSettings): Date {
  const startMs = wholeHourFrom(airflow.startDate).getTime();
  return new Date(startMs + airflow.reconcile.hours * hourMs);
}

/** The first run of log_watch watches the first hour. */
export function findWatchStart(airflow: AirflowSettings): Date {
  return new Date(wholeHourFrom(airflow.startDate).getTime() + hourMs);
}

export function findReportStart(airflow: AirflowSettings): Date {
  return wholeHourFrom(airflow.startDate);
}

/** The first moment at or after `iso` that begins an hour: the first folder hour that is seen from its start. */
function wholeHourFrom(iso: string): Date {
  return new Date(Math.ceil(Date.parse(iso) / hourMs) * hourMs);
}
