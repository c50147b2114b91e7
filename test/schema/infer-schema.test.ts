import { expect } from "chai";
import fc from "fast-check";
import {
  createSchemaInferrer,
  type InferOptions,
} from "../../src/schema/infer-schema.js";
import { compileRowJudge } from "../../src/schema/judge-row.js";
import { formatSchema } from "../../src/schema/format-schema.js";
import { parseTableSchema } from "../../src/schema/read-table-schema.js";
import type { FieldMode, TableField } from "../../src/schema/table-field.js";
import { jsonRow } from "./json-rows.js";

const defaults: InferOptions = {
  quoted: "string",
  times: "infer",
  required: false,
  existing: null,
};

function infer(lines: readonly string[], options: Partial<InferOptions> = {}) {
  const inferrer = createSchemaInferrer({ ...defaults, ...options });
  for (const [index, text] of lines.entries())
    inferrer.add({ text, source: "a.ndjson", line: index + 1 });
  return inferrer.finish();
}

function inferValues(
  values: readonly string[],
  options: Partial<InferOptions> = {},
) {
  return infer(
    values.map((value) => `{"x":${value}}`),
    options,
  );
}

const columns = "https://cloud.google.com/bigquery/docs/schemas";
const types =
  "https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types";
const load =
  "https://cloud.google.com/bigquery/docs/loading-data-cloud-storage-json";

describe("inferring a schema", () => {
  const cases: readonly (readonly [
    title: string,
    values: readonly string[],
    type: string,
    mode: FieldMode,
    source: string,
  ])[] = [
    [
      "integers",
      ["1", "-9223372036854775808"],
      "INTEGER",
      "NULLABLE",
      `${types}#integer_type`,
    ],
    [
      "an integer with a fraction's spelling",
      ["1.0"],
      "FLOAT",
      "NULLABLE",
      types,
    ],
    [
      "integers and fractions",
      ["1", "1.5", "null"],
      "FLOAT",
      "NULLABLE",
      types,
    ],
    [
      "integers past 64 bits",
      ["1", "92233720368547758081"],
      "NUMERIC",
      "NULLABLE",
      `${types}#decimal_types`,
    ],
    [
      "an integer of 64 bits without a sign",
      ["18446744073709551615"],
      "NUMERIC",
      "NULLABLE",
      `${types}#decimal_types`,
    ],
    [
      "integers past NUMERIC's 29 digits",
      ["1".repeat(30)],
      "BIGNUMERIC",
      "NULLABLE",
      `${types}#decimal_types`,
    ],
    [
      "integers past 38 digits",
      [`1${"0".repeat(20)}1${"0".repeat(20)}`],
      "JSON",
      "NULLABLE",
      `${types}#decimal_types`,
    ],
    [
      "integers past 2^53 beside fractions",
      ["9007199254740993", "0.5"],
      "NUMERIC",
      "NULLABLE",
      `${types}#floating_point_types`,
    ],
    [
      "fractions of more digits than a double keeps",
      ["123456789012345678.25"],
      "NUMERIC",
      "NULLABLE",
      `${types}#decimal_types`,
    ],
    [
      "fractions of more than 9 decimals beside long integers",
      ["9007199254740993", "1e-30"],
      "BIGNUMERIC",
      "NULLABLE",
      `${types}#decimal_types`,
    ],
    [
      "fractions of 10 decimals beside long integers",
      ["9007199254740993", "0.0000000001"],
      "BIGNUMERIC",
      "NULLABLE",
      `${types}#decimal_types`,
    ],
    [
      "fractions of 39 decimals beside long integers",
      ["9007199254740993", `0.${"0".repeat(38)}1`],
      "JSON",
      "NULLABLE",
      `${types}#decimal_types`,
    ],
    [
      "fractions that only a rounding holds",
      ["0.1000000000000000055511151231257827021181583404541015625"],
      "FLOAT",
      "NULLABLE",
      types,
    ],
    ["numbers past a double's range", ["1e999"], "JSON", "NULLABLE", types],
    ["booleans", ["true", "null"], "BOOLEAN", "NULLABLE", types],
    [
      "texts, quoted numbers included",
      ['"a"', '"1"'],
      "STRING",
      "NULLABLE",
      types,
    ],
    ["texts and numbers", ['"a"', "1"], "JSON", "NULLABLE", load],
    ["booleans and numbers", ["true", "1"], "JSON", "NULLABLE", load],
    [
      "dates",
      ['"2026-11-21"', '"0001-01-01"'],
      "DATE",
      "NULLABLE",
      `${types}#date_type`,
    ],
    [
      "dates that no calendar has",
      ['"2026-11-21"', '"2026-02-30"'],
      "STRING",
      "NULLABLE",
      `${types}#date_type`,
    ],
    [
      "times of day",
      ['"23:59:59"', '"00:00:00.123456"'],
      "TIME",
      "NULLABLE",
      `${types}#time_type`,
    ],
    [
      "durations",
      ['"12:00:00"', '"26:10:05"'],
      "STRING",
      "NULLABLE",
      `${types}#time_type`,
    ],
    [
      "times without an offset",
      ['"2026-11-21 03:04:05"', '"2026-11-21T03:04:05.5"'],
      "DATETIME",
      "NULLABLE",
      `${types}#datetime_type`,
    ],
    [
      "times with an offset",
      [
        '"2026-11-21T03:04:05Z"',
        '"2026-11-21 03:04:05+09:00"',
        '"2026-11-21 03:04:05 UTC"',
      ],
      "TIMESTAMP",
      "NULLABLE",
      `${types}#timestamp_type`,
    ],
    [
      "times with and without an offset",
      ['"2026-11-21T03:04:05Z"', '"2026-11-21 03:04:05"'],
      "STRING",
      "NULLABLE",
      `${types}#timestamp_type`,
    ],
    [
      "times with nanoseconds",
      ['"2026-11-21T03:04:05.123456789Z"'],
      "STRING",
      "NULLABLE",
      `${types}#timestamp_type`,
    ],
    [
      "an offset without its colon",
      ['"2026-11-21T03:04:05+0900"'],
      "STRING",
      "NULLABLE",
      `${types}#time_zones`,
    ],
    [
      "a time past the year 9999 by its offset",
      ['"9999-12-31T23:59:59-01:00"'],
      "STRING",
      "NULLABLE",
      `${types}#timestamp_type`,
    ],
    ["null alone", ["null"], "JSON", "NULLABLE", load],
    ["an empty object", ["{}"], "JSON", "NULLABLE", columns],
    ["an empty array", ["[]"], "JSON", "NULLABLE", columns],
    ["arrays and null", ["[1]", "[]", "null"], "INTEGER", "REPEATED", columns],
    ["arrays of dates", ['["2026-11-21"]'], "DATE", "REPEATED", columns],
    ["arrays of arrays", ["[[1]]"], "JSON", "NULLABLE", `${types}#array_type`],
    [
      "arrays with null",
      ["[1,null]"],
      "JSON",
      "NULLABLE",
      `${types}#array_nulls`,
    ],
    [
      "arrays of several kinds",
      ['[1,"a"]'],
      "JSON",
      "NULLABLE",
      `${types}#array_type`,
    ],
    ["an array and a number", ["[1]", "1"], "JSON", "NULLABLE", columns],
    ["objects", ['{"a":1}', "{}"], "RECORD", "NULLABLE", columns],
    ["arrays of objects", ['[{"a":1},{"b":2}]'], "RECORD", "REPEATED", columns],
    [
      "objects with keys that no column may have",
      ['{"+1":1,"a":2}'],
      "JSON",
      "NULLABLE",
      `${columns}#column_names`,
    ],
    [
      "objects with a reserved key",
      ['{"_TABLE_x":1}'],
      "JSON",
      "NULLABLE",
      `${columns}#column_names`,
    ],
    [
      "objects with a key twice but for its case",
      ['{"a":1,"A":2}'],
      "JSON",
      "NULLABLE",
      `${columns}#column_names`,
    ],
    [
      "objects 15 deep",
      [`${'{"a":'.repeat(14)}1${"}".repeat(14)}`],
      "RECORD",
      "NULLABLE",
      `${columns}#nested`,
    ],
  ];
  for (const [title, values, type, mode, source] of cases) {
    it(`makes ${type} ${mode} of ${title} (${source})`, () => {
      const { fields, findings, faults } = inferValues(values);
      expect(faults).to.deep.equal([]);
      expect(
        fields.map((each) => [each.name, each.type, each.mode]),
      ).to.deep.equal([["x", type, mode]]);
      const isJson = findings.some(({ message }) => message.includes(": JSON"));
      expect(isJson).to.equal(type === "JSON");
    });
  }

  it("makes JSON of what lies deeper than BigQuery takes", () => {
    const { fields } = inferValues([`${'{"a":'.repeat(15)}1${"}".repeat(15)}`]);
    let field = fields[0];
    for (let depth = 2; depth <= 15; depth += 1) field = field?.fields[0];
    expect(field).to.include({ name: "a", type: "JSON" });
  });

  it("counts quoted numbers and booleans as such only when told to", () => {
    const lines = [
      '{"a":"1","b":"007","c":"1.5","d":"true","e":"3"}',
      '{"a":"2","b":"1","c":"2","d":false,"e":4}',
    ];
    const names = (quoted: "string" | "infer") =>
      infer(lines, { quoted }).fields.map((each) => each.type);
    expect(names("infer")).to.deep.equal([
      "INTEGER",
      "STRING",
      "FLOAT",
      "BOOLEAN",
      "INTEGER",
    ]);
    expect(names("string")).to.deep.equal([
      "STRING",
      "STRING",
      "STRING",
      "JSON",
      "JSON",
    ]);
  });

  it("leaves times as texts when told to", () => {
    const { fields } = inferValues(['"2026-11-21"'], { times: "string" });
    expect(fields[0]?.type).to.equal("STRING");
  });

  it("makes REQUIRED what no row is without, at any depth, when told to", () => {
    const { fields } = infer(
      [
        '{"a":1,"b":1,"r":{"c":1,"d":1},"l":[{"e":1}]}',
        '{"a":2,"b":null,"r":{"c":2},"l":[]}',
      ],
      { required: true },
    );
    const modes = (each: TableField): unknown =>
      each.fields.length === 0
        ? [each.name, each.mode]
        : [each.name, each.mode, each.fields.map(modes)];
    expect(fields.map(modes)).to.deep.equal([
      ["a", "REQUIRED"],
      ["b", "NULLABLE"],
      [
        "r",
        "REQUIRED",
        [
          ["c", "REQUIRED"],
          ["d", "NULLABLE"],
        ],
      ],
      ["l", "REPEATED", [["e", "REQUIRED"]]],
    ]);
  });

  it("says why a column is JSON, by its path, with counts, places and what else could be done", () => {
    const { findings } = infer([
      '{"r":{"reactions":{"+1":0},"n":1},"m":1}',
      '{"m":"x"}',
      '{"m":2}',
    ]);
    expect(findings.map(({ column }) => column)).to.deep.equal([
      "r.reactions",
      "m",
    ]);
    expect(findings[0]?.message)
      .to.include('"+1"')
      .and.include("make r STRING");
    expect(findings[1]?.message).to.equal(
      'holds strings (1, first a.ndjson:2 "x") and numbers (2, first a.ndjson:1 1): JSON; or STRING, which takes numbers as they are spelled; or make m STRING and give it wrap: string in the catalog',
    );
  });

  for (const [values, says] of [
    [
      ["[[1],[2]]", "[]"],
      "has arrays inside arrays (2 of them, first a.ndjson:1 [[1],[2]]): JSON; or make x STRING",
    ],
    [
      ["[1]", "[null,2]"],
      "has null inside arrays (1 times, first a.ndjson:1 [1])",
    ],
    [
      ["null", "null"],
      "has no value but null (2 of them): JSON until you give it the type that you expect",
    ],
    [
      ["[]", "[]"],
      "has empty arrays only (2 of them): JSON until you give it the type that you expect",
    ],
  ] as const) {
    it(`says of ${values.join(" and ")} what stands against a column`, () => {
      expect(inferValues(values).findings[0]?.message).to.include(says);
    });
  }

  it("tells of each column how often it was seen, null and missing, and its range", () => {
    const { columns: reports } = infer([
      '{"n":5,"s":"b","l":[1,2]}',
      '{"n":-1.5,"s":null,"l":[]}',
      '{"n":0,"t":"2026-11-21"}',
    ]);
    expect(reports).to.deep.equal([
      {
        column: "n",
        type: "FLOAT",
        mode: "NULLABLE",
        seen: 3,
        null: 0,
        missing: 0,
        min: "-1.5",
        max: "5",
        zeros: 1,
        samples: ["5", "-1.5", "0"],
      },
      {
        column: "s",
        type: "STRING",
        mode: "NULLABLE",
        seen: 1,
        null: 1,
        missing: 1,
        samples: ['"b"'],
      },
      {
        column: "l",
        type: "INTEGER",
        mode: "REPEATED",
        seen: 2,
        null: 0,
        missing: 1,
        elements: 2,
        empty: 1,
        min: "1",
        max: "2",
        zeros: 0,
        samples: ["1", "2"],
      },
      {
        column: "t",
        type: "DATE",
        mode: "NULLABLE",
        seen: 1,
        null: 0,
        missing: 2,
        min: "2026-11-21",
        max: "2026-11-21",
        samples: ['"2026-11-21"'],
      },
    ]);
  });

  const warnings: readonly (readonly [
    title: string,
    rows: readonly string[],
    says: string | null,
  ])[] = [
    [
      "numbers that arrive as text",
      ['{"a":"1"}', '{"a":"20"}'],
      "arrives as text, and all 2 values spell numbers, 1 to 20",
    ],
    ["ids with leading zeros", ['{"a":"007"}'], null],
    [
      "epoch milliseconds",
      ['{"t":1795230000000}', '{"t":0}'],
      "as millis since 1970 they are 2026-11-21T03:00:00Z",
    ],
    [
      "small numbers among such large ones",
      ['{"t":1795230000000}', '{"t":5}'],
      null,
    ],
    ["epoch microseconds", ['{"t":1795230000000000}'], "from: epoch_micros"],
    [
      "epoch seconds under a name that says time",
      ['{"created_at":1795230000}'],
      "from: epoch_seconds",
    ],
    [
      "epoch nanoseconds under a name that says time",
      ['{"time":1795230000000000000}'],
      "TIMESTAMP_MICROS(DIV(COLUMN, 1000))",
    ],
    ["as large a number under another name", ['{"id":1795230000}'], null],
    ["snowflake ids", ['{"id":1795230000000000000}'], null],
    [
      "0 beside numbers that are all far from it",
      ['{"a":200}', '{"a":404}', '{"a":0}'],
      "1 of 3 are 0",
    ],
    ["0 beside small numbers", ['{"a":2}', '{"a":3}', '{"a":0}'], null],
    [
      "the zero time of a program",
      ['{"t":"2026-11-21T00:00:00Z"}', '{"t":"0001-01-01T00:00:00Z"}'],
      "1 of 2 are midnight of the year 1 or of 1970",
    ],
    [
      "a few texts among times",
      [
        ...Array.from({ length: 20 }, () => '{"t":"2026-11-21T03:00:00Z"}'),
        '{"t":"N/A"}',
      ],
      '20 of 21 texts are times; STRING because of the others, first a.ndjson:21 "N/A"',
    ],
    [
      "times of two forms",
      ['{"t":"2026-11-21T03:00:00Z"}', '{"t":"2026-11-21"}'],
      "holds times of several forms",
    ],
    [
      "nanoseconds",
      ['{"t":"2026-11-21T03:00:00.123456789Z"}'],
      "from: iso8601 in the catalog reads them",
    ],
    [
      "a key in other upper and lower case",
      ['{"userId":1}', '{"userid":2}'],
      'is spelled "userid" as well',
    ],
  ];
  for (const [title, rows, says] of warnings) {
    it(`${says === null ? "says nothing of" : "warns of"} ${title}`, () => {
      const messages = infer(rows).findings.map(({ message }) => message);
      if (says === null) expect(messages).to.deep.equal([]);
      else expect(messages.join("\n")).to.include(says);
    });
  }

  it("says nothing of a time that the catalog converts", () => {
    const converted = new Set(["t"]);
    expect(
      infer(['{"t":1795230000000}'], { converted }).findings,
    ).to.deep.equal([]);
  });

  for (const [title, line] of [
    ["a row that is no object", "[1]"],
    ["a row that is no JSON", "{"],
    ["a key that no column may have", '{"a-b":1}'],
    ["the key folder_hour", '{"folder_hour":1}'],
    ["a key twice in one row", '{"a":1,"A":2}'],
  ] as const) {
    it(`names ${title} as what no schema can hold`, () => {
      expect(infer(['{"a":1}', line]).faults).to.have.length(1);
    });
  }

  it("makes JSON of objects whose keys are data, in bounded memory", () => {
    const lines = Array.from(
      { length: 300 },
      (_, row) =>
        `{"a":1,"m":{${Array.from({ length: 50 }, (_, key) => `"u${row}_${key}":1`).join()}}}`,
    );
    const { fields, findings } = infer(lines);
    expect(fields.map(({ type }) => type)).to.deep.equal(["INTEGER", "JSON"]);
    expect(findings[0]?.message).to.include("thousands of different keys");
  });

  it("goes on from a schema: order and descriptions stay, and types wherever every row fits", () => {
    const field = (name: string, changes: Partial<TableField>): TableField => ({
      name,
      type: "STRING",
      mode: "NULLABLE",
      fields: [],
      ...changes,
    });
    const existing = [
      field("gone", { description: "Rare." }),
      field("b", { type: "FLOAT", description: "Bee." }),
      field("a", { type: "INTEGER", mode: "REQUIRED", description: "Ay." }),
      field("r", {
        type: "RECORD",
        fields: [field("s", { type: "INTEGER", description: "Ess." })],
      }),
      field("q", { mode: "REQUIRED" }),
    ];
    const { fields, findings } = infer(
      [
        '{"a":1.5,"b":1,"r":{"s":"x","t":1},"new":true}',
        '{"a":2,"b":2,"q":"x"}',
      ],
      { existing },
    );
    expect(fields).to.deep.equal([
      existing[0],
      existing[1],
      field("a", { type: "FLOAT", mode: "REQUIRED", description: "Ay." }),
      field("r", {
        type: "RECORD",
        fields: [
          field("s", { description: "Ess." }),
          field("t", { type: "INTEGER" }),
        ],
      }),
      field("q", {}),
      field("new", { type: "BOOLEAN" }),
    ]);
    expect(findings.map(({ column }) => column)).to.include.members([
      "gone",
      "a",
      "r.s",
      "r.t",
      "q",
      "new",
    ]);
  });

  const settings = fc.record({
    quoted: fc.constantFrom("string" as const, "infer" as const),
    times: fc.constantFrom("string" as const, "infer" as const),
    required: fc.boolean(),
  });

  function expectFit(fields: readonly TableField[], lines: readonly string[]) {
    const judge = compileRowJudge(
      parseTableSchema(formatSchema(fields), "x.json"),
    );
    for (const line of lines)
      expect(judge(line), line).not.to.have.property("misfits");
  }

  it("makes a schema that every row which went in fits, and that reads back", () => {
    fc.assert(
      fc.property(
        fc.array(jsonRow, { minLength: 1, maxLength: 6 }),
        settings,
        (lines, options) => {
          const { fields, faults } = infer(lines, options);
          expect(faults).to.deep.equal([]);
          fc.pre(fields.length > 0);
          expectFit(fields, lines);
        },
      ),
      { numRuns: 1500 },
    );
  });

  it("going on from the schema of other rows, makes one that these rows fit", () => {
    fc.assert(
      fc.property(
        fc.array(jsonRow, { minLength: 1, maxLength: 4 }),
        fc.array(jsonRow, { minLength: 1, maxLength: 4 }),
        settings,
        settings,
        (before, lines, first, second) => {
          const existing = infer(before, first).fields;
          fc.pre(existing.length > 0);
          const { fields, faults } = infer(lines, { ...second, existing });
          expect(faults).to.deep.equal([]);
          expectFit(fields, lines);
        },
      ),
      { numRuns: 1500 },
    );
  });

  it("gives the same rows the same schema, in bytes", () => {
    fc.assert(
      fc.property(
        fc.array(jsonRow, { minLength: 1, maxLength: 6 }),
        (lines) => {
          const once = infer(lines).fields;
          expect(formatSchema(once)).to.equal(
            formatSchema(infer(lines).fields),
          );
          if (once.length === 0) return;
          const again = infer(lines, { existing: once }).fields;
          expect(formatSchema(again)).to.equal(formatSchema(once));
        },
      ),
    );
  });
});
