import { UsageError } from "../errors.js";
import { parseFolderHour, type FolderHour } from "../folder-hour.js";
import { quoteFound } from "../schema/quote-found.js";
import type { HourPoint } from "./model.js";

/** Points by type, in the order in which the types come. */
export type CountsByType = ReadonlyMap<string, readonly HourPoint[]>;

const heading = ["type", "hour", "rows"] as const;
const problemsShown = 20;

/**
 * Reads a CSV of `type,hour,rows`, a line an hour, in any order; the heading may be left out. A type in quotes may hold commas, and
 * quotes doubled. Throws UsageError that tells every line that can't be read.
 */
export function readCounts(file: string, text: string): CountsByType {
  const counts = new Map<string, Map<string, HourPoint>>();
  const problems: string[] = [];
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  let seen = 0;
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue;
    seen += 1;
    if (seen === 1 && isHeading(line)) continue;
    const problem = addLine(counts, line);
    if (problem !== null) problems.push(`${file}:${index + 1}: ${problem}`);
  }
  if (problems.length > 0) throw new UsageError(tellProblems(problems));
  if (counts.size === 0)
    throw new UsageError(
      `${file}: no counts; expected lines of type,hour,rows like page_view,2026-11-21T03,1250`,
    );
  return new Map(
    [...counts].map(([type, points]) => [type, [...points.values()]]),
  );
}

/** What is wrong with the line; null: nothing, and its count was added. */
function addLine(
  counts: Map<string, Map<string, HourPoint>>,
  line: string,
): string | null {
  const fields = splitFields(line);
  if (fields === null)
    return `${quoteFound(line)} has a quote out of place: expected "..." around a whole field, and "" for a quote in it`;
  const [type, hourText, rowsText] = fields;
  if (
    fields.length !== heading.length ||
    type === undefined ||
    hourText === undefined ||
    rowsText === undefined
  )
    return `found ${fields.length} fields: expected 3, type,hour,rows`;
  if (type === "") return "the type is empty: expected its name";
  const hour = readHour(hourText);
  if (hour === null)
    return `${quoteFound(hourText)} is not a folder hour: expected a UTC hour like 2026-11-21T03`;
  const rows = Number(rowsText);
  if (!/^\d+(?:\.\d+)?$/.test(rowsText) || rows > Number.MAX_SAFE_INTEGER)
    return `${quoteFound(rowsText)} is not a number of rows: expected digits, up to ${Number.MAX_SAFE_INTEGER}`;
  const points = counts.get(type) ?? new Map<string, HourPoint>();
  const known = points.get(hour);
  if (known !== undefined)
    return `${quoteFound(type)} has a count of ${hour} already (${known.rows ?? 0}): expected one line a type and hour`;
  points.set(hour, { hour, rows });
  counts.set(type, points);
  return null;
}

/** Minutes and seconds of 0 may be written out. */
function readHour(text: string): FolderHour | null {
  const hour = text.replace(/(?<=[T ]\d{2}):00(?::00(?:\.0+)?)?Z?$/, "");
  try {
    return parseFolderHour(hour.replace(" ", "T"));
  } catch (error) {
    if (error instanceof UsageError) return null;
    throw error;
  }
}

/** Null where a quote opens within a field, or is not closed. */
function splitFields(line: string): string[] | null {
  const fields: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;
  for (let end = ","; end === ",";) {
    const match = field.exec(line);
    if (match === null) return null;
    const [, quoted, plain, separator] = match;
    fields.push(quoted?.replaceAll('""', '"') ?? plain?.trim() ?? "");
    end = separator ?? "";
  }
  return fields;
}

function isHeading(line: string): boolean {
  const fields = splitFields(line) ?? [];
  return (
    fields.length === heading.length &&
    heading.every((name, at) => fields[at]?.toLowerCase() === name)
  );
}

function tellProblems(problems: readonly string[]): string {
  const more = problems.length - problemsShown;
  return [
    ...problems.slice(0, problemsShown),
    ...(more > 0 ? [`and ${more} more such lines`] : []),
  ].join("\n");
}
