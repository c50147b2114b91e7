import { countOf as count } from "../count-of.js";
import type { FolderHour } from "../folder-hour.js";
import type { HoursSize } from "../status/measure-hours.js";

const namedHours = 3;

/** What the runs of a backfill will read and load, a line each. */
export function describeBackfillSize(size: HoursSize): string[] {
  const { source, staged } = size;
  const missing = nameHours(size.hours_without_objects);
  const unclassified = nameHours(size.hours_not_classified);
  return [
    `To read: ${count(source.objects, "object")}, ${megabytes(source.bytes)}.${missing === "" ? "" : ` The source has none of ${missing}: classify stops there, unless the catalog says allow_empty.`}`,
    `To load: ${count(staged.rows, "row")} in ${count(staged.files, "file")}, ${megabytes(staged.bytes)}, by the manifests that stand now.${unclassified === "" ? "" : ` Not classified yet, and not counted: ${unclassified}.`}`,
  ];
}

/** Empty where there are none. */
function nameHours(hours: readonly FolderHour[]): string {
  const named = hours.slice(0, namedHours).join(", ");
  const more = hours.length - namedHours;
  return more > 0 ? `${named} and ${count(more, "more hour")}` : named;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
