import { UsageError } from "../errors.js";
import {
  addHours,
  parseFolderHour,
  startOf,
  type FolderHour,
} from "../folder-hour.js";

const dayMs = 86_400_000;

/** Reads `2026-11-21`; throws UsageError on anything else, days that no calendar has included. */
export function parseDay(text: string): string {
  const startMs = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : NaN;
  if (
    Number.isNaN(startMs) ||
    new Date(startMs).toISOString().slice(0, 10) !== text
  )
    throw new UsageError(
      `${JSON.stringify(text)} is not a day: expected one like 2026-11-21`,
    );
  return text;
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * dayMs).toISOString().slice(0, 10);
}

/** The day, in the time zone, that holds this moment. */
export function dayOf(time: Date, timezone: string): string {
  return createDayOf(timezone)(time);
}

/**
 * The folder hours that begin on the day in the time zone: 23 or 25 of them where the clocks change, and where the zone is
 * off by half an hour, those that begin at half past. Each hour is of one day. Throws UsageError where the zone skipped the day.
 */
export function hoursOfDay(
  day: string,
  timezone: string,
): [FolderHour, ...FolderHour[]] {
  const read = createDayOf(timezone);
  // No zone is further from UTC than 14 hours.
  const from = parseFolderHour(`${addDays(day, -1)}T00`);
  const [first, ...others] = Array.from({ length: 72 }, (_, index) =>
    addHours(from, index),
  ).filter((hour) => read(startOf(hour)) === day);
  if (first === undefined)
    throw new UsageError(`${timezone} has no ${day}: its clocks skipped it`);
  return [first, ...others];
}

function createDayOf(timezone: string): (time: Date) => string {
  const format = new Intl.DateTimeFormat("en", {
    timeZone: timezone,
    calendar: "iso8601",
    numberingSystem: "latn",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  return (time) => {
    const parts = new Map(
      format.formatToParts(time).map(({ type, value }) => [type, value]),
    );
    return ["year", "month", "day"]
      .map((name) => parts.get(name as Intl.DateTimeFormatPartTypes))
      .join("-");
  };
}
