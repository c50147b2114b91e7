import type { TimeFormat } from "../ports/warehouse.js";
import { Unfit, type Cell } from "./judge-value.js";
import { readScaledDecimal } from "./read-decimal.js";
import { isTimestampMicros, readIso8601Micros } from "./read-time.js";
import type { FieldType } from "./table-field.js";

/** How many decimal places the format is away from microseconds. */
const microsScale = {
  epoch_seconds: 6,
  epoch_millis: 3,
  epoch_micros: 0,
} as const;

/** Column types that can hold a time in each format. */
export const timeFormatTypes: Readonly<
  Record<TimeFormat, readonly FieldType[]>
> = {
  epoch_seconds: ["INTEGER", "FLOAT", "NUMERIC", "STRING"],
  epoch_millis: ["INTEGER", "FLOAT", "NUMERIC", "STRING"],
  epoch_micros: ["INTEGER", "FLOAT", "NUMERIC", "STRING"],
  iso8601: ["STRING"],
};

/** Null where the cell is a time in this format, within the years 1 to 9999. */
export function judgeTimeFormat(
  format: TimeFormat,
  type: FieldType,
  cell: Exclude<Cell, null>,
): Unfit | null {
  if (format === "iso8601") {
    const read = typeof cell === "string" && readIso8601Micros(cell) !== null;
    return read ? null : new Unfit("a string that is no ISO 8601 time");
  }
  const scale =
    type === "NUMERIC" ? microsScale[format] - 9 : microsScale[format];
  const read = readScaledDecimal(
    `${String(cell)}${scale < 0 ? `e${scale}` : ""}`,
    Math.max(scale, 0),
  );
  if (read === null) return new Unfit("no number");
  return read !== "huge" && isTimestampMicros(read.scaled)
    ? null
    : new Unfit("a time outside of the years 1 to 9999");
}
