import { UsageError } from "./errors.js";

declare const folderHourBrand: unique symbol;
/** A UTC hour as `2026-11-21T03`: the hour that a source path names. Sorts as text. */
export type FolderHour = string & { readonly [folderHourBrand]: true };

const hourMs = 3_600_000;

/** Reads `2026-11-21T03`; throws UsageError on anything else, days that no calendar has included. */
export function parseFolderHour(text: string): FolderHour {
  const startMs = /^\d{4}-\d{2}-\d{2}T\d{2}$/.test(text)
    ? Date.parse(`${text}:00:00Z`)
    : NaN;
  if (Number.isNaN(startMs) || toFolderHour(new Date(startMs)) !== text) {
    throw new UsageError(
      `${JSON.stringify(text)} is not a folder hour: expected a UTC hour like 2026-11-21T03`,
    );
  }
  return text as FolderHour;
}

/** The hour that holds this moment. */
export function toFolderHour(time: Date): FolderHour {
  return time.toISOString().slice(0, 13) as FolderHour;
}

export function startOf(hour: FolderHour): Date {
  return new Date(`${hour}:00:00Z`);
}

export function addHours(hour: FolderHour, hours: number): FolderHour {
  return toFolderHour(new Date(startOf(hour).getTime() + hours * hourMs));
}

/** Both ends included; throws UsageError when `to` is before `from`. */
export function hoursBetween(from: FolderHour, to: FolderHour): FolderHour[] {
  if (to < from) throw new UsageError(`--to ${to} is before --from ${from}`);
  const hours: FolderHour[] = [];
  for (let hour = from; hour <= to; hour = addHours(hour, 1)) hours.push(hour);
  return hours;
}

/** `2026/11/21/03`: the path of the hour's folder, without a slash at its end. */
export function hourPath(hour: FolderHour): string {
  return hour.replace(/[-T]/g, "/");
}

/** `2026112103`, for table names and job ids. */
export function compactHour(hour: FolderHour): string {
  return hour.replace(/[-T]/g, "");
}
