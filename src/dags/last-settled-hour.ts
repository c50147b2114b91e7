import { addHours, toFolderHour, type FolderHour } from "../folder-hour.js";

const minuteMs = 60_000;

/** The newest hour that may be classified by now. */
export function lastSettledHour(settleMinutes: number, now: Date): FolderHour {
  const settledBy = new Date(now.getTime() - settleMinutes * minuteMs);
  return addHours(toFolderHour(settledBy), -1);
}
