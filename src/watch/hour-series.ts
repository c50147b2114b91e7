import { startOf, toFolderHour, type FolderHour } from "../folder-hour.js";
import { createLocalHours, type LocalHour } from "./local-hours.js";
import type { HourPoint, WatchSettings } from "./model.js";

const hourMs = 3_600_000;

/** One type's hours by their index, from its first to its last, without a gap. */
export interface HourSeries {
  readonly length: number;
  readonly hourAt: (index: number) => FolderHour;
  /** Null: there is no count of this hour. */
  readonly rows: (index: number) => number | null;
  readonly bytes: (index: number) => number | null;
  readonly local: readonly LocalHour[];
}

/** Null where there is no point up to `to`. Of points of the same hour the last counts. */
export function buildHourSeries(
  points: readonly HourPoint[],
  settings: Pick<WatchSettings, "timezone" | "calendar">,
  to: FolderHour,
): HourSeries | null {
  const byHour = new Map<number, HourPoint>();
  let first = Infinity;
  let last = -Infinity;
  for (const point of points) {
    if (point.hour > to) continue;
    const hour = startOf(point.hour).getTime() / hourMs;
    byHour.set(hour, point);
    first = Math.min(first, hour);
    last = Math.max(last, hour);
  }
  if (byHour.size === 0) return null;
  const length = last - first + 1;
  const placed = Array.from({ length }, (_, index) =>
    byHour.get(first + index),
  );
  const localHour = createLocalHours(settings.timezone, settings.calendar);
  return {
    length,
    hourAt: (index) => toFolderHour(new Date((first + index) * hourMs)),
    rows: (index) => placed[index]?.rows ?? null,
    bytes: (index) => placed[index]?.bytes ?? null,
    local: placed.map((_, index) => localHour(first + index)),
  };
}
