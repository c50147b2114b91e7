import { UsageError } from "../errors.js";
import { addHours, toFolderHour, type FolderHour } from "../folder-hour.js";

/** The 24 folder hours of a UTC day. */
export interface Day {
  /** `2026-11-21`. */
  readonly name: string;
  readonly first: FolderHour;
  readonly last: FolderHour;
}

/** Reads `2026-11-21`; throws UsageError on anything else, days that no calendar has included. */
export function parseDay(option: string, text: string): Day {
  const start = new Date(
    /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : NaN,
  );
  if (Number.isNaN(start.getTime()) || !start.toISOString().startsWith(text)) {
    throw new UsageError(
      `${option} ${JSON.stringify(text)} is not a day: expected a UTC day like 2026-11-21`,
    );
  }
  return toDay(toFolderHour(start));
}

export function addDays({ first }: Day, days: number): Day {
  return toDay(addHours(first, days * 24));
}

function toDay(first: FolderHour): Day {
  return { name: first.slice(0, 10), first, last: addHours(first, 23) };
}
