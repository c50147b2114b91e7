import { hoursBetween, type FolderHour } from "../folder-hour.js";
import { shellWords } from "../shell-words.js";
import { tickOf } from "./explain-run.js";
import type { DagSchedule } from "./schedules.js";

export interface BackfillStep {
  readonly dagId: string;
  /** One run for each folder hour. */
  readonly runs: number;
  /** Before `airflow2`. */
  readonly pause: string;
  readonly airflow2: string;
  /** After `airflow2`, and before `airflow3`. */
  readonly unpause: string;
  readonly airflow3: string;
}

/**
 * The commands that run a DAG for each of these folder hours, both ends included, done ones too. The dates are logical dates, the first and
 * the last run's own: both Airflows include them.
 */
export function buildBackfillStep(
  dag: DagSchedule,
  from: FolderHour,
  to: FolderHour,
): BackfillStep {
  const first = isoSeconds(tickOf(from, dag.minute));
  const last = isoSeconds(tickOf(to, dag.minute));
  return {
    dagId: dag.dagId,
    runs: hoursBetween(from, to).length,
    pause: shellWords(["airflow", "dags", "pause", dag.dagId]),
    unpause: shellWords(["airflow", "dags", "unpause", dag.dagId]),
    airflow2: shellWords([
      "airflow",
      "dags",
      "backfill",
      "--reset-dagruns",
      "--yes",
      "-s",
      first,
      "-e",
      last,
      dag.dagId,
    ]),
    airflow3: shellWords([
      ...[
        "airflow",
        "backfill",
        "create",
        "--dag-id",
        dag.dagId,
        "--from-date",
        first,
        "--to-date",
        last,
      ],
      ...[
        "--reprocess-behavior",
        "completed",
        // A run by hand may stand at one of these dates: without this it would do the hour of its own conf again.
        "--dag-run-conf",
        "{}",
        "--max-active-runs",
        String(dag.maxActiveRuns),
      ],
    ]),
  };
}

function isoSeconds(time: Date): string {
  return `${time.toISOString().slice(0, 19)}+00:00`;
}
