import type { Catalog } from "../src/catalog/catalog.js";
import {
  buildBackfillStep,
  type BackfillStep,
} from "../src/dags/backfill-commands.js";
import { describeBackfillSize } from "../src/dags/describe-backfill-size.js";
import type { DagSchedule } from "../src/dags/schedules.js";
import { readSchedules } from "../src/dags/read-schedules.js";
import { UsageError } from "../src/errors.js";
import { hoursBetween, startOf, type FolderHour } from "../src/folder-hour.js";
import { suggestName } from "../src/schema/suggest-name.js";
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
  /** Default: every type. */
  readonly types?: readonly string[];
  readonly dagDirectory?: string;
}

export interface BackfillPlan {
  readonly hours: number;
  readonly runs: number;
  /** Null: not asked for. */
  readonly size: HoursSize | null;
  /** In the order to run them: the classifier first. */
  readonly steps: readonly BackfillStep[];
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
  const range = hoursBetween(options.from, options.to);
  const hours = range.length;
  const chosen =
    options.types === undefined
      ? loads
      : [...new Set(options.types)].map((type) => findLoad(loads, type));
  const dags = [classifier, ...chosen];
  const early = dags.filter(
    ({ startDate }) => startOf(options.from) < startDate,
  );
  if (early.length > 0)
    throw new UsageError(
      early
        .map(
          ({ dagId, startDate }) =>
            `${dagId} has no runs before its start_date ${startDate.toISOString()}, and --from is ${options.from}`,
        )
        .join("\n"),
    );
  const types = chosen.map(({ type }) => type);
  const size =
    stores === null
      ? null
      : await measureHours(options.catalog, range, types, stores);
  const steps = dags.map((dag) =>
    buildBackfillStep(dag, options.from, options.to),
  );
  const runs = hours * dags.length;
  const loadJobs = hours * (dags.length - 1);
  const count = `${hours} ${hours === 1 ? "hour" : "hours"}, ${runs} runs of ${dags.length} DAGs, ${loadJobs} load jobs`;
  return {
    hours,
    runs,
    size,
    steps,
    lines: [
      `# Folder hours ${options.from} to ${options.to}: ${count}. Hours that are done are done again.`,
      ...(size === null ? [] : describeBackfillSize(size)).map(
        (line) => `# ${line}`,
      ),
      "# Runs by hand at these logical dates are run again as the backfill's, without the hour that they were given.",
      "",
      "# Airflow 2: one after the other; each command ends when its runs have ended.",
      "# It resets runs by hand between these dates as well: a running scheduler does their hours again.",
      "# The classifier first: the sensor of a load alone waits until its timeout. Paused DAGs are run too.",
      ...steps.map(({ airflow2 }) => airflow2),
      "",
      "# Airflow 3: each command only files its runs, and the scheduler works them off.",
      "# The runs of a paused DAG wait: unpause it. Then its scheduled runs start as well.",
      `airflow dags unpause ${classifier.dagId}`,
      ...chosen.map(({ dagId }) => `airflow dags unpause ${dagId}`),
      "# A DAG has one backfill at a time: until it has ended, create refuses the next.",
      steps[0]?.airflow3 ?? "",
      "# Wait until these have ended: the sensors of the loads take a classification of before for this one.",
      ...steps.slice(1).map(({ airflow3 }) => airflow3),
    ],
  };
}

function findLoad<Load extends DagSchedule>(
  loads: readonly Load[],
  type: string,
): Load {
  const load = loads.find((candidate) => candidate.type === type);
  if (load !== undefined) return load;
  const names = loads.map((candidate) => candidate.type ?? "");
  throw new UsageError(
    `there is no log type ${JSON.stringify(type)}${suggestName(type, names)}`,
  );
}
