import type { Catalog } from "../src/catalog/catalog.js";
import { unknownTypeError } from "../src/catalog/find-type.js";
import {
  buildBackfillStep,
  type BackfillStep,
} from "../src/dags/backfill-commands.js";
import { describeExpiredHours } from "../src/dags/describe-expired-hours.js";
import { describeBackfillSize } from "../src/dags/describe-backfill-size.js";
import { chooseLoadRanges } from "../src/dags/choose-load-ranges.js";
import { lastSettledHour } from "../src/dags/last-settled-hour.js";
import { readSchedules } from "../src/dags/read-schedules.js";
import type { DagSchedule, LoadSchedule } from "../src/dags/schedules.js";
import { UsageError } from "../src/errors.js";
import { hoursBetween, startOf, type FolderHour } from "../src/folder-hour.js";
import {
  measureHours,
  type HoursSize,
  type MeasuredStores,
} from "../src/status/measure-hours.js";

export interface BackfillOptions {
  readonly catalog: Catalog;
  readonly from: FolderHour;
  /** Included. */
  readonly to: FolderHour;
  /** Default: every type, each from its own start_date on. */
  readonly types?: readonly string[];
  readonly now: Date;
  readonly dagDirectory?: string;
}

export interface BackfillPlan {
  readonly hours: number;
  readonly runs: number;
  /** Null: not asked for. */
  readonly size: HoursSize | null;
  /** In the order to run them: the classifier first. */
  readonly steps: readonly BackfillStep[];
  /** Which DAGs begin later than the range, or have none of it, and which load hours that BigQuery deletes at once: a sentence each. */
  readonly notes: readonly string[];
  /** What an operator reads: comments and shell commands. */
  readonly lines: readonly string[];
}

/**
 * What an operator types to have these hours done again, on Airflow 2 and on Airflow 3.
 * @param stores Where to look how much that is. Null: nowhere.
 */
export async function backfill(
  options: BackfillOptions,
  stores: MeasuredStores | null = null,
): Promise<BackfillPlan> {
  const { classifier, loads } = await readSchedules(
    options.catalog,
    options.dagDirectory,
  );
  const { catalog, from, to, now } = options;
  const named =
    options.types === undefined
      ? null
      : [...new Set(options.types)].map((type) =>
          findLoad(catalog, loads, type),
        );
  requireStarted([classifier, ...(named ?? [])], from);
  requireSettled(catalog, to, now);
  const range = hoursBetween(from, to);
  const hours = range.length;
  const { ranges, notes: late } = chooseLoadRanges(named ?? loads, from, to);
  const expired = describeExpiredHours(catalog, ranges, to, now);
  const notes = [...late, ...expired];
  const size =
    stores === null
      ? null
      : await measureHours(
          catalog,
          range,
          (hour) =>
            ranges
              .filter((each) => each.from <= hour)
              .map(({ load }) => load.type),
          stores,
        );
  const steps = [
    buildBackfillStep(classifier, from, to),
    ...ranges.map((each) => buildBackfillStep(each.load, each.from, to)),
  ];
  const runs = steps.reduce((sum, step) => sum + step.runs, 0);
  const count = `${hours} ${hours === 1 ? "hour" : "hours"}, ${runs} runs of ${steps.length} ${steps.length === 1 ? "DAG" : "DAGs"}, ${runs - hours} load jobs`;
  return {
    hours,
    runs,
    size,
    steps,
    notes,
    lines: [
      `# Folder hours ${from} to ${to}: ${count}. Hours that are done are done again.`,
      ...(size === null ? [] : describeBackfillSize(size)).map(
        (line) => `# ${line}`,
      ),
      ...notes.map((note) => `# ${note}`),
      "# Runs by hand at these logical dates are run again as the backfill's, without the hour that they were given.",
      ...(named === null ? [] : [describeOthers(options)]),
      "",
      "# Airflow 2: one after the other; each backfill ends when its runs have ended.",
      "# The DAG is paused meanwhile: a running scheduler would take the runs that are reset, and the backfill would leave them undone.",
      (catalog.airflow?.catchup ?? true)
        ? "# New hours wait, and are caught up. Leave a DAG paused that was so before."
        : "# New hours have no runs meanwhile (catchup is false): log_reconcile does them. Leave a DAG paused that was so before.",
      "# It resets runs by hand between these dates as well: once the DAG is unpaused, the scheduler does their hours again.",
      "# The classifier first: the sensor of a load alone waits until its timeout.",
      ...steps.flatMap(({ pause, airflow2, unpause }) => [
        pause,
        airflow2,
        unpause,
      ]),
      "",
      "# Airflow 3: each command only files its runs, and the scheduler works them off.",
      "# The runs of a paused DAG wait: unpause it. Then its scheduled runs start as well.",
      ...steps.map(({ unpause }) => unpause),
      "# A DAG has one backfill at a time: until it has ended, create refuses the next.",
      steps[0]?.airflow3 ?? "",
      ...(ranges.length === 0
        ? []
        : [
            "# Wait until these have ended: the sensors of the loads take a classification of before for this one.",
          ]),
      ...steps.slice(1).map(({ airflow3 }) => airflow3),
    ],
  };
}

/** What the new classification means for the types that `types` leaves out. */
function describeOthers({ catalog, from, to }: BackfillOptions): string {
  const { hours = 0 } = catalog.airflow?.reconcile ?? {};
  return `# Other types of these hours are one classification behind then: log_reconcile loads those of the last ${hours} hours again, sluice reconcile --from ${from} --to ${to} --run all of them. Leave --types out to do them now.`;
}

function requireStarted(dags: readonly DagSchedule[], from: FolderHour): void {
  const early = dags.filter(({ startDate }) => startOf(from) < startDate);
  if (early.length > 0)
    throw new UsageError(
      early
        .map(
          ({ dagId, startDate }) =>
            `${dagId} has no runs before its start_date ${startDate.toISOString()}, and --from is ${from}`,
        )
        .join("\n"),
    );
}

function requireSettled(
  { settleMinutes }: Catalog,
  to: FolderHour,
  now: Date,
): void {
  const last = lastSettledHour(settleMinutes, now);
  if (to > last)
    throw new UsageError(
      `--to ${to} can't be classified yet: the last hour that has ended, and has been settled for ${settleMinutes} minutes, is ${last}; expected --to ${last} or earlier`,
    );
}

function findLoad(
  catalog: Catalog,
  loads: readonly LoadSchedule[],
  type: string,
): LoadSchedule {
  const load = loads.find((candidate) => candidate.type === type);
  if (load === undefined) throw unknownTypeError(catalog, type);
  return load;
}
