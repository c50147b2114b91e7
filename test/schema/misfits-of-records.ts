import { row, sources, type MisfitKind } from "./misfit-kind.js";

const s = sources;

/** Modes, keys, nesting, and rows that are no records. */
export const misfitsOfRecords: readonly MisfitKind[] = [
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
];
