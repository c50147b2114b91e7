import type { Schedules } from "./schedules.js";

/** Minutes of an hour in which the first runs of some loads are for an hour before the classifier's first. */
export interface FirstRunGap {
  readonly fromMinute: number;
  /** Included. */
  readonly toMinute: number;
  /** Whose first run may wait in vain. */
  readonly dagIds: readonly string[];
}

/**
 * Plays the first runs that Airflow makes with `catchup: false` when it comes back at each minute of an hour: the newest one of each DAG that has
 * ended, and none before it. Null where each load's is for the classifier's hour or a later one.
 */
export function findFirstRunGap({
  classifier,
  loads,
}: Schedules): FirstRunGap | null {
  const minutes = Array.from({ length: 60 }, (_, minute) => minute);
  const waits = minutes.map((now) => ({
    now,
    late: loads.filter(
      (load) =>
        newestHour(load.minute, now) < newestHour(classifier.minute, now),
    ),
  }));
  const gap = waits.filter(({ late }) => late.length > 0);
  const first = gap[0];
  const last = gap.at(-1);
  if (first === undefined || last === undefined) return null;
  const dagIds = gap.flatMap(({ late }) => late.map(({ dagId }) => dagId));
  return {
    fromMinute: first.now,
    toMinute: last.now,
    dagIds: [...new Set(dagIds)].sort(),
  };
}

/** Of the newest run whose interval has ended, in hours from the one that it is now. */
function newestHour(minute: number, now: number): number {
  return now >= minute ? -1 : -2;
}
