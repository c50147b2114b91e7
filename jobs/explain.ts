import type { Catalog } from "../src/catalog/catalog.js";
import {
  explainRun,
  newestFolderHour,
  type RunExplanation,
} from "../src/dags/explain-run.js";
import { reconcileDagId, reloadDagId } from "../src/dags/model.js";
import { readSchedules } from "../src/dags/read-schedules.js";
import { UsageError } from "../src/errors.js";
import { toFolderHour } from "../src/folder-hour.js";
import { suggestName } from "../src/schema/suggest-name.js";

export interface ExplainOptions {
  readonly catalog: Catalog;
  /** A DAG id, or the name of a log type. */
  readonly dag: string;
  /** A moment within the hour of the logical date, such as `2026-11-21T03:37Z` or `2026-11-21T03`; default: the newest run that has started. */
  readonly at?: string;
  readonly now: Date;
  readonly dagDirectory?: string;
}

const unboundDags: readonly string[] = [reloadDagId, reconcileDagId];

/** Which hour a run handles, when it starts and what it waits for. `at` is floored to its UTC hour: a DAG has one run an hour. */
export async function explain(
  options: ExplainOptions,
): Promise<RunExplanation> {
  const schedules = await readSchedules(options.catalog, options.dagDirectory);
  const dags = [schedules.classifier, ...schedules.loads];
  const dag = dags.find(
    ({ dagId, type }) => dagId === options.dag || type === options.dag,
  );
  if (dag === undefined) {
    if (unboundDags.includes(options.dag))
      throw new UsageError(
        `${options.dag} has no hour of its own to explain: docs/airflow.md tells what it does`,
      );
    const names = dags.map(({ dagId }) => dagId);
    throw new UsageError(
      `there is no DAG ${JSON.stringify(options.dag)}${suggestName(options.dag, names)}`,
    );
  }
  const hour =
    options.at === undefined
      ? newestFolderHour(dag, options.now)
      : toFolderHour(parseMoment(options.at));
  return explainRun(schedules, dag, hour, options.catalog.settleMinutes);
}

/** A time without an offset is UTC. */
function parseMoment(text: string): Date {
  const match =
    /^(\d{4}-\d{2}-\d{2}T\d{2})(?::(\d{2}(?::\d{2}(?:\.\d+)?)?))?(Z|[+-]\d{2}:\d{2})?$/.exec(
      text,
    );
  const [, hour, rest = "00", zone = "Z"] = match ?? [];
  const time = new Date(hour === undefined ? NaN : `${hour}:${rest}${zone}`);
  if (Number.isNaN(time.getTime()))
    throw new UsageError(
      `--at ${JSON.stringify(text)} is not a time: expected a logical date like 2026-11-21T03:37Z`,
    );
  return time;
}
