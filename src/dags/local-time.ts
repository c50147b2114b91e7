import { addDays, dayOf } from "../report/days.js";

const minuteMs = 60_000;

export interface TimeOfDay {
  readonly hour: number;
  readonly minute: number;
}

/**
 * The moment of this time of day in the time zone, as Airflow's timetables read it: where the clocks show it twice, the second; where they skip
 * it, as much later as they skip.
 */
export function findLocalTime(
  day: string,
  { hour, minute }: TimeOfDay,
  timezone: string,
): Date {
  const wallMs = Date.parse(day) + (hour * 60 + minute) * minuteMs;
  const offsetAt = createOffsets(timezone);
  const dayBefore = offsetAt(Date.parse(addDays(day, -1)));
  const dayAfter = offsetAt(Date.parse(addDays(day, 2)));
  const [first = wallMs - dayBefore, second = first] = [dayBefore, dayAfter]
    .filter((offsetMs) => offsetAt(wallMs - offsetMs) === offsetMs)
    .map((offsetMs) => wallMs - offsetMs);
  return new Date(Math.max(first, second));
}

/** The day in the time zone on which the newest moment of this time of day has come by `now`. */
export function findLastDay(
  time: TimeOfDay,
  timezone: string,
  now: Date,
): string {
  const today = dayOf(now, timezone);
  return findLocalTime(today, time, timezone) <= now
    ? today
    : addDays(today, -1);
}

/** Milliseconds by which the time zone is ahead of UTC at a moment. */
function createOffsets(timezone: string): (timeMs: number) => number {
  const format = new Intl.DateTimeFormat("en", {
    timeZone: timezone,
    calendar: "iso8601",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  return (timeMs) => {
    const parts = new Map(
      format
        .formatToParts(timeMs)
        .map(({ type, value }) => [type, Number(value)]),
    );
    const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
    const wallMs = Date.UTC(
      part("year"),
      part("month") - 1,
      part("day"),
      part("hour"),
      part("minute"),
    );
    return wallMs - Math.floor(timeMs / minuteMs) * minuteMs;
  };
}
