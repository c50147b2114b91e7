import type {
  ColumnMapping,
  Conversion,
  TimeFormat,
} from "../ports/warehouse.js";
import { quoteIdentifier, quoteText } from "./duckdb-identifier.js";

/** How many microseconds one unit of the epoch is. */
const epochUnitMicros = {
  epoch_seconds: 1_000_000,
  epoch_millis: 1_000,
  epoch_micros: 1,
} as const;

/** The expression over TEMP's columns that makes one column of the origin table. A null stays null. */
export function conversionSql(mapping: ColumnMapping): string {
  const column = quoteIdentifier(mapping.source);
  return toSql(mapping.conversion, column);
}

function toSql(conversion: Conversion, column: string): string {
  switch (conversion.kind) {
    case "copy":
      return column;
    case "timestamp":
      return timestampSql(conversion.from, column);
    case "datetime":
      return `(${timestampSql(conversion.from, column)} AT TIME ZONE ${quoteText(conversion.timezone)})`;
    case "sql":
      // The lines of their own keep a comment at the expression's end from swallowing what follows.
      return `(\n${conversion.expression}\n)`;
  }
}

function timestampSql(from: TimeFormat, column: string): string {
  if (from === "iso8601") {
    // DuckDB wants seconds, and T and Z in capitals, where ISO 8601 does not.
    const padded = String.raw`regexp_replace(upper(${column}), '^(.{10}[T ]\d\d:\d\d)([Z+-].*)?$', '\1:00\2')`;
    return `CAST(${padded} AS TIMESTAMPTZ)`;
  }
  const micros = `CAST(${column} AS DECIMAL(38,9)) * ${epochUnitMicros[from]}`;
  return `make_timestamptz(CAST(round(${micros}) AS BIGINT))`;
}
