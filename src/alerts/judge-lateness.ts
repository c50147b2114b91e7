import { findUsual } from "./usual.js";

const minuteMs = 60_000;
const leastHours = 24;
const recentHours = 672;
const spreads = 6;
const leastExcessMs = 30 * minuteMs;

export interface OddLateness {
  readonly minutes: number;
  readonly usualMinutes: number;
  readonly highMinutes: number;
}

/** Null where it was done in its usual time after the hour's end, or nobody can say yet. The median is not moved by reloads, which are late by days. */
export function findOddLateness(
  latenessMs: number,
  before: readonly number[],
): OddLateness | null {
  const usual = findUsual(before.slice(-recentHours), leastHours);
  if (usual === null) return null;
  const highMs = usual.median + Math.max(leastExcessMs, spreads * usual.spread);
  if (latenessMs <= highMs) return null;
  return {
    minutes: Math.round(latenessMs / minuteMs),
    usualMinutes: Math.round(usual.median / minuteMs),
    highMinutes: Math.round(highMs / minuteMs),
  };
}
