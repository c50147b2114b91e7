import { startOf, toFolderHour, type FolderHour } from "../folder-hour.js";
import type { LoadSchedule } from "./schedules.js";

export interface LoadRange {
  readonly load: LoadSchedule;
  /** The load's own first hour, where that is later than the range's. */
  readonly from: FolderHour;
}

/** From where on each load has runs in a range of hours; those that have none are left out. `notes` says so, a sentence each. */
export function chooseLoadRanges(
  loads: readonly LoadSchedule[],
  from: FolderHour,
  to: FolderHour,
): { readonly ranges: LoadRange[]; readonly notes: string[] } {
  const ranges: LoadRange[] = [];
  const notes: string[] = [];
  for (const load of loads) {
    const first = toFolderHour(load.startDate);
    const why = `its start_date is ${load.startDate.toISOString()}`;
    if (startOf(to) < load.startDate)
      notes.push(`${load.dagId} is left out: ${why}.`);
    else if (startOf(from) < load.startDate) {
      notes.push(`${load.dagId} begins at ${first}: ${why}.`);
      ranges.push({ load, from: first });
    } else ranges.push({ load, from });
  }
  return { ranges, notes };
}
