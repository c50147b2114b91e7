import { addHours, type FolderHour } from "../../src/folder-hour.js";
import { defaultWatchSettings } from "../../src/watch/default-settings.js";
import { judgeSeries } from "../../src/watch/judge-series.js";
import type {
  HourPoint,
  HourVerdict,
  WatchSettings,
} from "../../src/watch/model.js";

/** A Monday. */
const firstHour = "2026-03-02T00" as FolderHour;

export function hourAt(index: number): FolderHour {
  return addHours(firstHour, index);
}

/** A day that swings by a half about the mean, with chance as even as a pendulum: up to 3 % of the mean. */
export function swing(index: number, mean = 1000): number {
  const day = 1 + 0.5 * Math.sin((index / 24) * 2 * Math.PI);
  const chance = 0.03 * Math.sin(index * index * 0.7 + index * 1.3);
  return Math.round(mean * (day + chance));
}

export function makePoints(
  hours: number,
  rowsAt: (index: number) => number | null,
): HourPoint[] {
  return Array.from({ length: hours }, (_, index) => ({
    hour: hourAt(index),
    rows: rowsAt(index),
  }));
}

export function judge(
  points: readonly HourPoint[],
  settings: Partial<WatchSettings> = {},
): HourVerdict[] {
  return judgeSeries(
    points,
    { ...defaultWatchSettings, ...settings },
    firstHour,
    hourAt(100_000),
  );
}

/** `474 drop`: the hours' indexes with the rules that they break. */
export function listFindings(verdicts: readonly HourVerdict[]): string[] {
  return verdicts.flatMap(({ findings }, index) =>
    findings.map(({ rule }) => `${index} ${rule}`),
  );
}
