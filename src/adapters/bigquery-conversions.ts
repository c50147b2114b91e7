import type {
  ColumnMapping,
  Conversion,
  TimeFormat,
} from "../ports/warehouse.js";
import type { TableField } from "../schema/table-field.js";
import { quoteColumn } from "./bigquery-identifier.js";
import { parameter, type QueryParameter } from "./bigquery-query.js";

/** How many microseconds one unit of the epoch is. */
const epochUnitMicros = {
  epoch_seconds: 1_000_000,
  epoch_millis: 1_000,
  epoch_micros: 1,
} as const;

/** Numbers that round to the years 1 to 9999 lie between these two. */
const epochLimits = {
  epoch_seconds: ["-62135596800.0000005", "253402300799.9999995"],
  epoch_millis: ["-62135596800000.0005", "253402300799999.9995"],
  epoch_micros: ["-62135596800000000.5", "253402300799999999.5"],
} as const;

/** The same texts as readIso8601Micros takes, in capitals. CAST alone takes others too, and not all of these. */
const iso8601Text = String.raw`^\d{4}-\d\d-\d\d(?:[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.]\d{1,9})?)?(?:Z|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)?)?$`;

/** An expression over TEMP's columns, and the parameters that it names. */
export interface Conversions {
  readonly expressions: readonly string[];
  readonly parameters: readonly QueryParameter[];
}

/** The expressions that make the origin table's columns. A null stays null; a value that can't be read as a time raises. */
export function compileConversions(
  columns: readonly ColumnMapping[],
): Conversions {
  const timezones: string[] = [];
  const expressions = columns.map(({ source, conversion }) =>
    toSql(conversion, quoteColumn(source), timezones),
  );
  const parameters = timezones.map((timezone, index) =>
    parameter(timezoneName(index), "STRING", timezone),
  );
  return { expressions, parameters };
}

function timezoneName(index: number): string {
  return `timezone_${index}`;
}

function toSql(
  conversion: Conversion,
  column: string,
  timezones: string[],
): string {
  switch (conversion.kind) {
    case "copy":
      return column;
    case "timestamp":
      return timestampSql(conversion.from, column);
    case "datetime": {
      const { timezone } = conversion;
      if (!timezones.includes(timezone)) timezones.push(timezone);
      const name = timezoneName(timezones.indexOf(timezone));
      return `EXTRACT(DATETIME FROM ${timestampSql(conversion.from, column)} AT TIME ZONE @${name})`;
    }
    case "sql":
      // The lines of their own keep a comment at the expression's end from swallowing what follows.
      return `(\n${conversion.expression}\n)`;
  }
}

function timestampSql(from: TimeFormat, column: string): string {
  if (from === "iso8601") return `CAST(${isoText(column)} AS TIMESTAMP)`;
  const micros = `CAST(${column} AS NUMERIC) * ${epochUnitMicros[from]}`;
  return `TIMESTAMP_MICROS(CAST(ROUND(${micros}) AS INT64))`;
}

/** The same texts as readScaledDecimal takes; CAST takes spaces around them too. */
const decimalText = String.raw`^[+-]?(?:\d+[.]?\d*|[.]\d+)(?:[eE][+-]?\d+)?$`;

/** True for a value that is no time in this format, and for no other. */
export function unreadableTimeSql(
  from: TimeFormat,
  { name, type }: TableField,
): string {
  const column = quoteColumn(name);
  if (from === "iso8601")
    return `${column} IS NOT NULL AND SAFE_CAST(${isoText(column)} AS TIMESTAMP) IS NULL`;
  const number = `SAFE_CAST(${column} AS NUMERIC)`;
  const [after, before] = epochLimits[from];
  const spelled =
    type === "STRING"
      ? `REGEXP_CONTAINS(${column}, r'${decimalText}') AND `
      : "";
  return `${column} IS NOT NULL AND NOT IFNULL(${spelled}${number} > NUMERIC '${after}' AND ${number} < NUMERIC '${before}', FALSE)`;
}

/** Seconds added, digits past the microsecond cut, a colon put into the offset: what CAST wants. Any other text becomes one that it refuses. */
function isoText(column: string): string {
  const text = `UPPER(${column})`;
  const withSeconds = String.raw`REGEXP_REPLACE(${text}, r'^(.{10}[T ]\d\d:\d\d)(Z|[+-].*)?$', r'\1:00\2')`;
  const cut = String.raw`REGEXP_REPLACE(${withSeconds}, r'([.]\d{6})\d+', r'\1')`;
  const withColon = String.raw`REGEXP_REPLACE(${cut}, r'([+-]\d\d)(\d\d)$', r'\1:\2')`;
  return `IF(${column} IS NULL, NULL, IF(REGEXP_CONTAINS(${text}, r'${iso8601Text}'), ${withColon}, 'not ISO 8601'))`;
}
