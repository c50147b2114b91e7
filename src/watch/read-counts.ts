import { UsageError } from "../errors.js";
import { parseFolderHour, startOf, toFolderHour } from "../folder-hour.js";
import { quoteFound } from "../schema/quote-found.js";
import type { HourPoint } from "./model.js";

/** Points by type, in the order in which the types come. */
export type CountsByType = ReadonlyMap<string, readonly HourPoint[]>;

const heading = ["type", "hour", "rows"] as const;

/** Where a line has its fields, and how many. */
interface Columns {
  readonly type: number;
  readonly hour: number;
  readonly rows: number;
  readonly count: number;
}

const unnamedColumns: Columns = { type: 0, hour: 1, rows: 2, count: 3 };
const problemsShown = 20;

/**
 * Reads a CSV of `type,hour,rows`, a line an hour, in any order. The heading may be left out; one that is there may have other columns
 * besides, in any order. A type in quotes may hold commas, and quotes doubled. Rows that are empty are no count. Throws UsageError that
 * tells every line that can't be read.
 */
export function readCounts(file: string, text: string): CountsByType {
  const counts = new Map<string, Map<string, HourPoint>>();
  const problems: string[] = [];
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  let columns: Columns = unnamedColumns;
  let seen = 0;
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue;
    seen += 1;
    const named = seen === 1 ? readHeading(line) : null;
    if (named !== null) {
      columns = named;
      continue;
    }
    const problem = addLine(counts, line, columns);
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
  columns: Columns,
): string | null {
  const fields = splitFields(line);
  if (fields === null)
    return `${quoteFound(line)} has a quote out of place: expected "..." around a whole field, and "" for a quote in it`;
  const type = fields[columns.type];
  const hourText = fields[columns.hour];
  const rowsText = fields[columns.rows];
  if (
    fields.length !== columns.count ||
    type === undefined ||
    hourText === undefined ||
    rowsText === undefined
  )
    return `found ${fields.length} fields: expected ${columns === unnamedColumns ? "3, type,hour,rows" : `${columns.count}, as in the heading`}`;
  if (type === "") return "the type is empty: expected its name";
  const time = readTime(hourText);
  if (time === null)
    return `${quoteFound(hourText)} is not a folder hour: expected a UTC hour like 2026-11-21T03`;
  const hour = toFolderHour(time);
  if (startOf(hour).getTime() !== time.getTime())
    return `${quoteFound(hourText)} is within an hour: expected the rows of whole hours in UTC, one line each; sum finer counts first`;
  const rows = rowsText === "" ? null : Number(rowsText);
  if (
    rows !== null &&
    (!/^\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(rowsText) ||
      rows > Number.MAX_SAFE_INTEGER)
  )
    return `${quoteFound(rowsText)} is not a number of rows: expected digits, up to ${Number.MAX_SAFE_INTEGER}`;
  const points = counts.get(type) ?? new Map<string, HourPoint>();
  const known = points.get(hour);
  if (known !== undefined)
    return `${quoteFound(type)} has a count of ${hour} already (${known.rows ?? "empty"}): expected one line a type and hour`;
  points.set(hour, { hour, rows });
  counts.set(type, points);
  return null;
}

/** A folder hour, or a time with minutes, and seconds; in UTC where it has no offset. */
function readTime(text: string): Date | null {
  const match =
    /^(\d{4}-\d{2}-\d{2})[T ](\d{2})(:\d{2}(?::\d{2}(?:\.\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?$/.exec(
      text,
    );
  if (match === null) return null;
  const [, day = "", hour = "", minutes = ":00", offset = "Z"] = match;
  try {
    parseFolderHour(`${day}T${hour}`);
  } catch (error) {
    if (error instanceof UsageError) return null;
    throw error;
  }
  const zone = offset.replace(/(?<=\d{2})(?=\d{2}$)/, ":");
  const time = new Date(`${day}T${hour}${minutes}${zone}`);
  return Number.isNaN(time.getTime()) ? null : time;
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

/** Null: the line is none. */
function readHeading(line: string): Columns | null {
  const names = (splitFields(line) ?? []).map((name) => name.toLowerCase());
  const [type, hour, rows] = heading.map((name) => names.indexOf(name));
  if (type === undefined || hour === undefined || rows === undefined)
    return null;
  return Math.min(type, hour, rows) < 0
    ? null
    : { type, hour, rows, count: names.length };
}

function tellProblems(problems: readonly string[]): string {
  const more = problems.length - problemsShown;
  return [
    ...problems.slice(0, problemsShown),
    ...(more > 0 ? [`and ${more} more such lines`] : []),
  ].join("\n");
}
