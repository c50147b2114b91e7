import type { Schedules } from "./schedules.js";

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
  const played = new Map<string, string | null>();
  for (const load of loads) {
    const firstMs = firstTick(load.startDate.getTime(), load.minute);
    const same = `${load.minute} ${firstMs}`;
    let fault = played.get(same);
    if (fault === undefined) {
      fault = playRuns(
        { firstMs, minute: load.minute, hours },
        { firstMs: firstClassifiedMs, minute: classifier.minute },
      );
      played.set(same, fault);
    }
    if (fault !== null) problems.push(`${load.dagId}: ${fault}`);
  }
  return problems;
}

/** The first run that would wait in vain, in words; null where there is none. */
function playRuns(
  load: { firstMs: number; minute: number; hours: number },
  classifier: { firstMs: number; minute: number },
): string | null {
  for (let hour = 0; hour < load.hours; hour++) {
    const logicalMs = load.firstMs + hour * hourMs;
    const folderHour = Math.floor(logicalMs / hourMs);
    const targetMs = logicalMs - (load.minute - classifier.minute) * minuteMs;
    const fault =
      targetMs < classifier.firstMs
        ? "is before the classifier's first run: its start_date must not be before airflow.start_date"
        : (targetMs / minuteMs) % 60 !== classifier.minute ||
            Math.floor(targetMs / hourMs) !== folderHour
          ? "is not the classifier's run of the same folder hour"
          : targetMs >= logicalMs
            ? "does not start before the load"
            : null;
    if (fault !== null)
      return `its run of ${new Date(logicalMs).toISOString()} waits for ${new Date(targetMs).toISOString()}, which ${fault}`;
  }
  return null;
}

function firstTick(fromMs: number, minute: number): number {
  const tickMs = Math.floor(fromMs / hourMs) * hourMs + minute * minuteMs;
  return tickMs >= fromMs ? tickMs : tickMs + hourMs;
}
