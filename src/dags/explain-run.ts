import {
  addHours,
  startOf,
  toFolderHour,
  type FolderHour,
} from "../folder-hour.js";
import type { DagSchedule, Schedules } from "./schedules.js";
import { twoDigits } from "./two-digits.js";

/** One run of a DAG, and what it hangs on. */
export interface RunExplanation {
  readonly dagId: string;
  /** The log type that it loads; null where it is no load. */
  readonly type: string | null;
  /** Null: the run is of more than one. */
  readonly folderHour: FolderHour | null;
  /** The first and the last folder hour that it is about. */
  readonly from: FolderHour;
  readonly to: FolderHour;
  /** Of log_report, in the catalog's time zone. */
  readonly day: string | null;
  readonly logicalDate: Date;
  /** End of the run's data interval. */
  readonly startsAt: Date;
  /** From here on `to` may be classified. */
  readonly settledAt: Date;
  /** False where the logical date is before the DAG's start_date: Airflow makes no such run by itself. */
  readonly scheduled: boolean;
  readonly waitsFor: {
    readonly dagId: string;
    readonly taskId: string;
    readonly logicalDate: Date;
    readonly startsAt: Date;
    readonly offsetMinutes: number;
  } | null;
  readonly lines: readonly string[];
}

const minuteMs = 60_000;

/** Explains the DAG's run of this folder hour. */
export function explainRun(
  schedules: Schedules,
  dag: DagSchedule,
  folderHour: FolderHour,
  settleMinutes: number,
): RunExplanation {
  const logicalDate = tickOf(folderHour, dag.minute);
  const startsAt = tickOf(addHours(folderHour, 1), dag.minute);
  const settledAt = settledAtOf(folderHour, settleMinutes);
  const scheduled = logicalDate >= dag.startDate;
  const { classifier } = schedules;
  const waitsFor =
    dag.type === null
      ? null
      : {
          dagId: classifier.dagId,
          taskId: "classify",
          logicalDate: tickOf(folderHour, classifier.minute),
          startsAt: tickOf(addHours(folderHour, 1), classifier.minute),
          offsetMinutes: dag.minute - classifier.minute,
        };
  const work = dag.type === null ? "classifies" : `loads ${dag.type} of`;
  const lines = [
    `${dag.dagId} runs every hour at :${twoDigits(dag.minute)} (UTC).`,
    `Its run of logical date ${minuteText(logicalDate)} ${work} folder hour ${folderHour}: the hour of the logical date.`,
    `Airflow starts it at ${minuteText(startsAt)}, when its data interval ends: an hour after its logical date.`,
    waitsFor === null
      ? `The load DAGs wait for its task classify, each for the run of its own folder hour.`
      : `It waits for task classify of ${waitsFor.dagId}, logical date ${minuteText(waitsFor.logicalDate)}: ` +
        `${waitsFor.offsetMinutes} minutes earlier, the same folder hour, started at ${minuteText(waitsFor.startsAt)}.`,
    describeSettling(startsAt, settledAt, settleMinutes, dag.type === null),
    ...describeNoSuchRun(
      scheduled,
      dag.startDate,
      `Trigger it with {"hour": "${folderHour}"}.`,
    ),
  ];
  return {
    dagId: dag.dagId,
    type: dag.type,
    folderHour,
    from: folderHour,
    to: folderHour,
    day: null,
    logicalDate,
    startsAt,
    settledAt,
    scheduled,
    waitsFor,
    lines,
  };
}

/** The hour of the logical date of the newest run that has started by `now`, of a DAG that runs every hour at this minute. */
export function newestLogicalHour(minute: number, now: Date): FolderHour {
  return addHours(
    toFolderHour(new Date(now.getTime() - minute * minuteMs)),
    -1,
  );
}

/** The moment of this minute in this hour. */
export function tickOf(hour: FolderHour, minute: number): Date {
  return new Date(startOf(hour).getTime() + minute * minuteMs);
}

/** From here on the hour may be classified. */
export function settledAtOf(hour: FolderHour, settleMinutes: number): Date {
  const end = startOf(addHours(hour, 1));
  return new Date(end.getTime() + settleMinutes * minuteMs);
}

/** A line where Airflow makes no such run by itself, and none where it does. */
export function describeNoSuchRun(
  scheduled: boolean,
  startDate: Date,
  whatToDo: string,
): string[] {
  return scheduled
    ? []
    : [
        `There is no such run of itself: the DAG's start_date is ${minuteText(startDate)}. ${whatToDo}`,
      ];
}

function describeSettling(
  startsAt: Date,
  settledAt: Date,
  settleMinutes: number,
  isClassifier: boolean,
): string {
  const settled = `The hour is settled at ${minuteText(settledAt)}, ${settleMinutes} minutes after its end, when its last lines have come`;
  if (startsAt >= settledAt) return `${settled}; the run starts after that.`;
  return isClassifier
    ? `${settled}; the run starts before that, so classify stops (exit 4) and Airflow tries it again: airflow.classify.minute should be ${settleMinutes} or more.`
    : `${settled}; the run starts before that, and waits for the classifier.`;
}

/** `2026-11-21T03:37Z`. */
export function minuteText(time: Date): string {
  return `${time.toISOString().slice(0, 16)}Z`;
}
