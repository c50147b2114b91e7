import type { Catalog } from "../src/catalog/catalog.js";
import {
  buildBackfillStep,
  type BackfillStep,
} from "../src/dags/backfill-commands.js";
import type { DagSchedule } from "../src/dags/model.js";
import { readSchedules } from "../src/dags/read-schedules.js";
import { UsageError } from "../src/errors.js";
import { hoursBetween, startOf, type FolderHour } from "../src/folder-hour.js";
import { suggestName } from "../src/schema/suggest-name.js";

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
  /** In the order to run them: the classifier first. */
  readonly steps: readonly BackfillStep[];
  /** What an operator reads: comments and shell commands. */
  readonly lines: readonly string[];
}

/** What an operator types to have these hours done again, on Airflow 2 and on Airflow 3. */
export async function backfill(
  options: BackfillOptions,
): Promise<BackfillPlan> {
  const { classifier, loads } = await readSchedules(
    options.catalog,
    options.dagDirectory,
  );
  const hours = hoursBetween(options.from, options.to).length;
  const chosen =
    options.types === undefined
      ? loads
      : options.types.map((type) => findLoad(loads, type));
  const dags = [classifier, ...new Set(chosen)];
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
  const steps = dags.map((dag) =>
    buildBackfillStep(dag, options.from, options.to),
  );
  const runs = hours * dags.length;
  const count = `${hours} ${hours === 1 ? "hour" : "hours"}, ${runs} runs of ${dags.length} DAGs`;
  return {
    hours,
    runs,
    steps,
    lines: [
      `# Folder hours ${options.from} to ${options.to}: ${count}. Hours that are done are done again.`,
      "# Airflow 2: one after the other; each command ends when its runs have ended.",
      ...steps.map(({ airflow2 }) => airflow2),
      "# Airflow 3: each command only files its runs. Unpause the DAGs first; wait for the classifier's before the loads.",
      ...steps.map(({ airflow3 }) => airflow3),
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
