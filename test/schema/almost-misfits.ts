import { row, takenValue, sources, type MisfitKind } from "./misfit-kind.js";

const s = sources;

/** What looks like a misfit and is none. */
export const almostMisfits: readonly MisfitKind[] = [
  takenValue("INTEGER", '"12"', "a quoted integer", s.schemaGenerator),
  takenValue(
    "INTEGER",
    '"-9223372036854775808"',
    "a quoted -2^63",
    s.dataTypes,
  ),
  takenValue("INTEGER", "1.0", "a fraction of 0", s.guess),
  takenValue("FLOAT", '"1.5"', "a quoted fraction", s.schemaGenerator),
  takenValue("FLOAT", '"NaN"', "NaN", s.guess),
  takenValue(
    "NUMERIC",
    "0.12345678949",
    "more decimals than it keeps",
    s.dataTypes,
  ),
  takenValue("STRING", "12", "a number", s.schemaGenerator),
  takenValue("BOOLEAN", '"TRUE"', "a quoted true", s.schemaGenerator),
  takenValue("BYTES", '"YQ=="', "padded base64", s.dataTypes),
  takenValue("DATE", '"2024-02-29"', "29 February of a leap year", s.dataTypes),
  takenValue("DATE", '"0001-01-01"', "the first day", s.dataTypes),
  takenValue("DATE", '"9999-12-31"', "the last day", s.dataTypes),
  takenValue(
    "DATETIME",
    '"2026-11-21T03:04:05.123456"',
    "microseconds",
    s.dataTypes,
  ),
  takenValue(
    "TIMESTAMP",
    '"2026-11-21T03:04:05+09:00"',
    "an offset",
    s.dataTypes,
  ),
  takenValue("TIMESTAMP", '"2026/11/21 03:04:05"', "slashes", s.loadingJson),
  takenValue(
    "TIMESTAMP",
    "1700000000",
    "a number of seconds",
    s.guess,
    "DuckDB takes texts only",
  ),
  takenValue("JSON", '{"a":[1,null,{"b":[[]]}]}', "any value", s.loadingJson),
  row(
    "null in a NULLABLE and in a REPEATED column",
    '{"id":1,"r":null,"items":null,"names":[]}',
    null,
    s.schemaGenerator,
  ),
  row("keys in another case", '{"ID":1,"R":{"N":1}}', null, s.guess),
];
