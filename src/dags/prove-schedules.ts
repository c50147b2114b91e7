import type { Schedules } from "./model.js";

const hourMs = 3_600_000;
const minuteMs = 60_000;

/**
 * Plays every hour of a year, from the first load on, and says which load runs would wait in vain: no classifier run of the logical date that
 * their sensor asks for, one of another folder hour, or one that starts after them. One line for each DAG at fault; none is the proof.
 */
export function proveSchedules(
  { classifier, loads }: Schedules,
  hours = 366 * 24,
): string[] {
  const problems: string[] = [];
  const firstClassifiedMs = firstTick(
    classifier.startDate.getTime(),
    classifier.minute,
  );
  for (const load of loads) {
    const firstMs = firstTick(load.startDate.getTime(), load.minute);
    for (let hour = 0; hour < hours; hour++) {
      const logicalMs = firstMs + hour * hourMs;
      const folderHour = Math.floor(logicalMs / hourMs);
      const targetMs = logicalMs - (load.minute - classifier.minute) * minuteMs;
      const fault =
        targetMs < firstClassifiedMs
          ? "is before the classifier's first run: its start_date must not be before airflow.start_date"
          : (targetMs / minuteMs) % 60 !== classifier.minute ||
              Math.floor(targetMs / hourMs) !== folderHour
            ? "is not the classifier's run of the same folder hour"
            : targetMs >= logicalMs
              ? "does not start before the load"
              : null;
      if (fault === null) continue;
      problems.push(
        `${load.dagId}: its run of ${new Date(logicalMs).toISOString()} waits for ${new Date(targetMs).toISOString()}, which ${fault}`,
      );
      break;
    }
  }
  return problems;
}

function firstTick(fromMs: number, minute: number): number {
  const tickMs = Math.floor(fromMs / hourMs) * hourMs + minute * minuteMs;
  return tickMs >= fromMs ? tickMs : tickMs + hourMs;
}
