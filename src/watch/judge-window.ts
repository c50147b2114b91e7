import type { Expectation } from "./expect-hours.js";
import type { WatchSettings } from "./model.js";
import { findPoissonBounds } from "./poisson-bounds.js";
import { poissonReach, reaches } from "./sensitivity.js";
import type { WindowMean } from "./window-test.js";

/** Of a single hour's smallest drop or jump: several hours must differ by this part of it on the mean. */
const sharePart = 0.8;

export interface WindowSums {
  readonly rows: number;
  readonly expected: number;
}

export interface WindowFinding {
  readonly rule: "drop" | "jump";
  readonly rows: number;
  readonly low: number;
  readonly high: number;
  readonly expected: number;
}

/** What some hours break together, the last of them `rows`; that one must be out of place too, so that no alert outlasts its cause. */
export function judgeWindow(
  rows: number,
  { hours, mean, usual }: WindowMean,
  expectation: Expectation,
  settings: WatchSettings,
  sumHours: (hours: number) => WindowSums,
): WindowFinding | null {
  const reach = reaches[settings.sensitivity].window;
  if (expectation.isGuessed || Math.abs(mean) < reach * usual) return null;
  const sums = sumHours(hours);
  const { expected } = sums;
  const poisson = findPoissonBounds(expected, poissonReach);
  const ratio = Math.exp(reach * usual * expectation.noise);
  const least = Math.min(1 / ratio, 1 - settings.dropShare * sharePart);
  const most = Math.max(ratio, 1 + settings.jumpShare * sharePart);
  const low = Math.max(0, Math.floor(Math.min(expected * least, poisson.low)));
  const high = Math.ceil(Math.max(expected * most, poisson.high));
  const found = { rows: sums.rows, low, high, expected };
  if (mean < 0)
    return sums.rows < low && rows < expectation.rows * least
      ? { rule: "drop", ...found }
      : null;
  return sums.rows > high && rows > expectation.rows * most
    ? { rule: "jump", ...found }
    : null;
}
