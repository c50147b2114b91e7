import type {
  FieldMode,
  FieldType,
  TableField,
} from "../../src/schema/table-field.js";

/** A kind of row, and what becomes of it. */
export interface MisfitKind {
  readonly title: string;
  readonly fields: readonly TableField[];
  readonly row: string;
  /** What our judge says; null: the row loads. */
  readonly misfit: {
    readonly column: string;
    readonly expected: string;
    readonly found: string;
  } | null;
  /** Who says what BigQuery does with it. */
  readonly source: Source;
  /** Why the stand-in does the opposite; null: it does the same. */
  readonly standInDiffers: string | null;
}

const docs = "https://cloud.google.com/bigquery/docs";
const sources = {
  /** DATE and TIMESTAMP formats, JSON columns. */
  loadingJson: `${docs}/loading-data-cloud-storage-json#limitations`,
  dataTypes: `${docs}/reference/standard-sql/data-types`,
  arrayNulls: `${docs}/reference/standard-sql/data-types#array_nulls`,
  modes: `${docs}/schemas#modes`,
  /** ignoreUnknownValues: extra values are errors without it. */
  unknownValues: `${docs}/reference/rest/v2/Job#JobConfigurationLoad`,
  /** Compared its rules with what `bq load` does. */
  schemaGenerator:
    "https://github.com/bxparks/bigquery-schema-generator#type-inference-rules",
  noBooleanAsText:
    "https://github.com/GoogleCloudPlatform/DataflowTemplates/issues/132",
  /** "Repeated field must be imported as a JSON array." */
  repeatedArray: "https://github.com/r-dbi/bigrquery/issues/485",
  json: "https://www.rfc-editor.org/rfc/rfc8259",
  /** No page says so: a guess of docs/schema-rules.md on the careful side. */
  guess: "docs/schema-rules.md",
} as const;
type Source = (typeof sources)[keyof typeof sources];

function field(
  name: string,
  type: FieldType,
  mode: FieldMode = "NULLABLE",
  fields: readonly TableField[] = [],
): TableField {
  return { name, type, mode, fields };
}

/** A value in a NULLABLE column `x`. */
function refusedValue(
  type: FieldType,
  value: string,
  found: string,
  title: string,
  source: Source,
  standInDiffers: string | null = null,
): MisfitKind {
  return {
    title: `${title} in ${type}`,
    fields: [field("x", type)],
    row: `{"x":${value}}`,
    misfit: { column: "x", expected: type, found },
    source,
    standInDiffers,
  };
}

function takenValue(
  type: FieldType,
  value: string,
  title: string,
  source: Source,
  standInDiffers: string | null = null,
): MisfitKind {
  return {
    title: `${title} in ${type}`,
    fields: [field("x", type)],
    row: `{"x":${value}}`,
    misfit: null,
    source,
    standInDiffers,
  };
}

const record = [
  field("id", "INTEGER", "REQUIRED"),
  field("r", "RECORD", "NULLABLE", [
    field("s", "STRING"),
    field("n", "INTEGER", "REQUIRED"),
    field("l", "INTEGER", "REPEATED"),
  ]),
  field("items", "RECORD", "REPEATED", [
    field("price", "FLOAT"),
    field("tags", "STRING", "REPEATED"),
  ]),
  field("names", "STRING", "REPEATED"),
];

function row(
  title: string,
  text: string,
  misfit: MisfitKind["misfit"],
  source: Source,
  standInDiffers: string | null = null,
): MisfitKind {
  return { title, fields: record, row: text, misfit, source, standInDiffers };
}

const s = sources;

export const misfitKinds: readonly MisfitKind[] = [
  // Types by JSON value.
  refusedValue(
    "STRING",
    "true",
    "a boolean",
    "a boolean",
    s.noBooleanAsText,
    "DuckDB keeps it as a text",
  ),
  refusedValue(
    "STRING",
    '{"a":1}',
    "an object",
    "an object",
    s.schemaGenerator,
  ),
  refusedValue("STRING", '["a"]', "an array", "an array", s.schemaGenerator),
  refusedValue("INTEGER", "true", "a boolean", "a boolean", s.schemaGenerator),
  refusedValue("INTEGER", "{}", "an object", "an object", s.schemaGenerator),
  refusedValue("INTEGER", "[1]", "an array", "an array", s.schemaGenerator),
  refusedValue(
    "INTEGER",
    '"soon"',
    "a string that is no integer",
    "a word",
    s.schemaGenerator,
  ),
  refusedValue(
    "INTEGER",
    '""',
    "a string that is no integer",
    "an empty string",
    s.schemaGenerator,
  ),
  refusedValue(
    "INTEGER",
    "1.5",
    "a number with a fraction",
    "a fraction",
    s.schemaGenerator,
  ),
  refusedValue(
    "INTEGER",
    '"1.5"',
    "a string that is no integer",
    "a quoted fraction",
    s.schemaGenerator,
  ),
  refusedValue(
    "INTEGER",
    "9223372036854775808",
    "a number outside of 64 bits",
    "2^63",
    s.dataTypes,
  ),
  refusedValue(
    "INTEGER",
    "-9223372036854775809",
    "a number outside of 64 bits",
    "-2^63 - 1",
    s.dataTypes,
  ),
  refusedValue(
    "INTEGER",
    '"9223372036854775808"',
    "a number outside of 64 bits",
    "a quoted 2^63",
    s.dataTypes,
  ),
  refusedValue(
    "INTEGER",
    "1e30",
    "a number outside of 64 bits",
    "1e30",
    s.dataTypes,
  ),
  refusedValue(
    "INTEGER",
    '"NaN"',
    "a string that is no integer",
    "NaN",
    s.dataTypes,
  ),
  refusedValue("FLOAT", "false", "a boolean", "a boolean", s.schemaGenerator),
  refusedValue(
    "FLOAT",
    '"1,5"',
    "a string that is no number",
    "a decimal comma",
    s.schemaGenerator,
  ),
  refusedValue(
    "FLOAT",
    '""',
    "a string that is no number",
    "an empty string",
    s.schemaGenerator,
  ),
  refusedValue("FLOAT", "[1.5]", "an array", "an array", s.schemaGenerator),
  refusedValue(
    "FLOAT",
    "1e400",
    "a number outside of a double's range",
    "1e400",
    s.dataTypes,
    "DuckDB makes infinity of it",
  ),
  refusedValue(
    "NUMERIC",
    "1e29",
    "a number outside of NUMERIC's range",
    "30 digits before the point",
    s.dataTypes,
  ),
  refusedValue(
    "NUMERIC",
    '"NaN"',
    "a string that is no decimal number",
    "NaN",
    s.dataTypes,
  ),
  refusedValue(
    "NUMERIC",
    '"12 EUR"',
    "a string that is no decimal number",
    "a number with its unit",
    s.dataTypes,
  ),
  refusedValue("NUMERIC", "true", "a boolean", "a boolean", s.dataTypes),
  refusedValue(
    "BIGNUMERIC",
    "1e39",
    "a number outside of BIGNUMERIC's range",
    "40 digits before the point",
    s.dataTypes,
  ),
  refusedValue(
    "BOOLEAN",
    '"maybe"',
    "a string that is neither true nor false",
    "a word",
    s.schemaGenerator,
  ),
  refusedValue(
    "BOOLEAN",
    "1",
    "a number",
    "1",
    s.guess,
    "it takes what CSV loads take",
  ),
  refusedValue(
    "BOOLEAN",
    '"yes"',
    "a string that is neither true nor false",
    "yes",
    s.guess,
    "it takes what CSV loads take",
  ),
  refusedValue("BOOLEAN", "{}", "an object", "an object", s.schemaGenerator),
  refusedValue(
    "BYTES",
    '"a*b"',
    "a string that is no base64",
    "a text that is no base64",
    s.dataTypes,
  ),
  refusedValue(
    "BYTES",
    '"YQ"',
    "a string that is no base64",
    "base64 without padding",
    s.guess,
  ),
  refusedValue("BYTES", "1", "a number", "a number", s.dataTypes),
  // Dates and times.
  refusedValue(
    "DATE",
    '"2023-02-29"',
    "a string that is no DATE",
    "29 February of a common year",
    s.dataTypes,
  ),
  refusedValue(
    "DATE",
    '"1900-02-29"',
    "a string that is no DATE",
    "29 February of 1900",
    s.dataTypes,
  ),
  refusedValue(
    "DATE",
    '"2026-13-01"',
    "a string that is no DATE",
    "a 13th month",
    s.dataTypes,
  ),
  refusedValue(
    "DATE",
    '"2026/11/21"',
    "a string that is no DATE",
    "slashes",
    s.loadingJson,
    "DuckDB reads it as a DATE",
  ),
  refusedValue(
    "DATE",
    '"21.11.2026"',
    "a string that is no DATE",
    "a day before its month",
    s.loadingJson,
  ),
  refusedValue(
    "DATE",
    '"0000-01-01"',
    "a string that is no DATE",
    "the year 0",
    s.dataTypes,
    "a DATE of DuckDB begins before our era",
  ),
  refusedValue(
    "DATE",
    '"10000-01-01"',
    "a string that is no DATE",
    "the year 10000",
    s.dataTypes,
    "a DATE of DuckDB ends far later",
  ),
  refusedValue(
    "DATE",
    '"2026-11-21T03:04:05Z"',
    "a string that is no DATE",
    "a time of day",
    s.loadingJson,
    "DuckDB cuts the time of day off",
  ),
  refusedValue("DATE", "19000", "a number", "a number of days", s.loadingJson),
  refusedValue(
    "TIME",
    '"24:00:00"',
    "a string that is no TIME",
    "24 o'clock",
    s.dataTypes,
    "DuckDB has 24:00:00 as a TIME",
  ),
  refusedValue(
    "TIME",
    '"03:60:00"',
    "a string that is no TIME",
    "60 minutes",
    s.dataTypes,
  ),
  refusedValue(
    "TIME",
    '"3 pm"',
    "a string that is no TIME",
    "a time in words",
    s.dataTypes,
  ),
  refusedValue(
    "DATETIME",
    '"2026-11-21T03:04:05+09:00"',
    "a string that is no DATETIME",
    "an offset",
    s.dataTypes,
    "DuckDB reckons the offset in",
  ),
  refusedValue(
    "DATETIME",
    '"2026-02-30T03:04:05"',
    "a string that is no DATETIME",
    "30 February",
    s.dataTypes,
  ),
  refusedValue("DATETIME", "1700000000", "a number", "a number", s.dataTypes),
  refusedValue(
    "TIMESTAMP",
    '"soon"',
    "a string that is no TIMESTAMP",
    "a word",
    s.dataTypes,
  ),
  refusedValue(
    "TIMESTAMP",
    '""',
    "a string that is no TIMESTAMP",
    "an empty string",
    s.dataTypes,
  ),
  refusedValue(
    "TIMESTAMP",
    '"2023-02-29T00:00:00Z"',
    "a string that is no TIMESTAMP",
    "29 February of a common year",
    s.dataTypes,
  ),
  refusedValue(
    "TIMESTAMP",
    '"2026-11-21T25:00:00Z"',
    "a string that is no TIMESTAMP",
    "25 o'clock",
    s.dataTypes,
  ),
  refusedValue(
    "TIMESTAMP",
    '"2026-11-21 03.04.05"',
    "a string that is no TIMESTAMP",
    "points between hours and minutes",
    s.loadingJson,
  ),
  refusedValue(
    "TIMESTAMP",
    "1700000000000",
    "a number of seconds outside of the years 1 to 9999",
    "milliseconds since 1970",
    s.dataTypes,
  ),
  refusedValue(
    "TIMESTAMP",
    '"10000-01-01T00:00:00Z"',
    "a string that is no TIMESTAMP",
    "the year 10000",
    s.dataTypes,
    "a TIMESTAMP of DuckDB ends far later",
  ),
  refusedValue("TIMESTAMP", "true", "a boolean", "a boolean", s.dataTypes),
  refusedValue("GEOGRAPHY", "1", "a number", "a number", s.dataTypes),
  // Modes, keys, nesting.
  row(
    "no key in a REQUIRED column",
    "{}",
    { column: "id", expected: "INTEGER REQUIRED", found: "no key" },
    s.modes,
  ),
  row(
    "null in a REQUIRED column",
    '{"id":null}',
    { column: "id", expected: "INTEGER REQUIRED", found: "null" },
    s.modes,
  ),
  row(
    "no key in a REQUIRED column of a RECORD",
    '{"id":1,"r":{}}',
    { column: "r.n", expected: "INTEGER REQUIRED", found: "no key" },
    s.modes,
  ),
  row(
    "null in a REQUIRED column of a RECORD",
    '{"id":1,"r":{"n":null}}',
    { column: "r.n", expected: "INTEGER REQUIRED", found: "null" },
    s.modes,
  ),
  row(
    "an unknown key",
    '{"id":1,"extra":"x"}',
    {
      column: "extra",
      expected: "a column of the schema",
      found: "a key that the schema lacks, with a string",
    },
    s.unknownValues,
  ),
  row(
    "an unknown key with null",
    '{"id":1,"extra":null}',
    {
      column: "extra",
      expected: "a column of the schema",
      found: "a key that the schema lacks, with null",
    },
    s.unknownValues,
  ),
  row(
    "an unknown key in a RECORD",
    '{"id":1,"r":{"n":1,"extra":1}}',
    {
      column: "r.extra",
      expected: "a column of the schema",
      found: "a key that the schema lacks, with a number",
    },
    s.unknownValues,
  ),
  row(
    "an unknown key in an element",
    '{"id":1,"items":[{"price":1},{"extra":1}]}',
    {
      column: "items.extra",
      expected: "a column of the schema",
      found: "a key that the schema lacks, with a number",
    },
    s.unknownValues,
  ),
  row(
    "a key twice",
    '{"id":1,"id":2}',
    { column: "id", expected: "one key", found: "a repeated key" },
    s.guess,
  ),
  row(
    "a key twice but for its case",
    '{"id":1,"ID":2}',
    { column: "id", expected: "one key", found: "a repeated key" },
    s.guess,
    "the stand-in keeps one of the two",
  ),
  row(
    "a text in a RECORD",
    '{"id":1,"r":"x"}',
    { column: "r", expected: "RECORD, an object", found: "a string" },
    s.schemaGenerator,
  ),
  row(
    "an array in a RECORD",
    '{"id":1,"r":[{"n":1}]}',
    { column: "r", expected: "RECORD, an object", found: "an array" },
    s.schemaGenerator,
  ),
  row(
    "a misfit deep in a RECORD",
    '{"id":1,"r":{"n":"x"}}',
    {
      column: "r.n",
      expected: "INTEGER",
      found: "a string that is no integer",
    },
    s.schemaGenerator,
  ),
  row(
    "a misfit in an element of an element",
    '{"id":1,"items":[{"tags":["a",{}]}]}',
    { column: "items.tags", expected: "STRING", found: "an object" },
    s.schemaGenerator,
  ),
  row(
    "a scalar where an array belongs",
    '{"id":1,"names":"a"}',
    { column: "names", expected: "an array of STRING", found: "a string" },
    s.repeatedArray,
  ),
  row(
    "an object where an array belongs",
    '{"id":1,"items":{"price":1}}',
    { column: "items", expected: "an array of RECORD", found: "an object" },
    s.repeatedArray,
  ),
  row(
    "a scalar where an array belongs, in a RECORD",
    '{"id":1,"r":{"n":1,"l":5}}',
    { column: "r.l", expected: "an array of INTEGER", found: "a number" },
    s.repeatedArray,
  ),
  row(
    "null in an array",
    '{"id":1,"names":["a",null]}',
    {
      column: "names",
      expected: "elements of STRING",
      found: "null in the array",
    },
    s.arrayNulls,
  ),
  row(
    "null in an array of RECORDs",
    '{"id":1,"items":[null]}',
    {
      column: "items",
      expected: "elements of RECORD",
      found: "null in the array",
    },
    s.arrayNulls,
  ),
  row(
    "null in an array in a RECORD",
    '{"id":1,"r":{"n":1,"l":[1,null]}}',
    {
      column: "r.l",
      expected: "elements of INTEGER",
      found: "null in the array",
    },
    s.arrayNulls,
    "a list of DuckDB holds null, and the stand-in looks at whole columns only",
  ),
  row(
    "an array in an array",
    '{"id":1,"names":[["a"]]}',
    { column: "names", expected: "STRING", found: "an array" },
    s.dataTypes,
  ),
  row(
    "an array in an array of RECORDs",
    '{"id":1,"items":[[{"price":1}]]}',
    { column: "items", expected: "RECORD, an object", found: "an array" },
    s.dataTypes,
  ),
  // Rows.
  row(
    "an array as the row",
    '[{"id":1}]',
    { column: "", expected: "a JSON object", found: "something else" },
    s.unknownValues,
  ),
  row(
    "a row that breaks off",
    '{"id":1',
    { column: "", expected: "a JSON object", found: "something else" },
    s.json,
  ),
  row(
    "NaN without quotes",
    '{"id":1,"items":[{"price":NaN}]}',
    { column: "", expected: "a JSON object", found: "something else" },
    s.json,
    "Python's reader takes NaN",
  ),
  row(
    "single quotes",
    "{'id':1}",
    { column: "", expected: "a JSON object", found: "something else" },
    s.json,
  ),
  // What looks like a misfit and is none.
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
