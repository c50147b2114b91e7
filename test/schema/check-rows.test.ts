import { expect } from "chai";
import { createRowsChecker } from "../../src/schema/check-rows.js";
import { formatRowsCheck } from "../../src/schema/format-rows-check.js";
import { createSchemaInferrer } from "../../src/schema/infer-schema.js";
import { compileRowJudge } from "../../src/schema/judge-row.js";
import { createMisfitCollector } from "../../src/schema/misfit-collector.js";
import { parseTableSchema } from "../../src/schema/read-table-schema.js";
import type { TableField } from "../../src/schema/table-field.js";

function field(
  name: string,
  type: TableField["type"],
  changes: Partial<TableField> = {},
): TableField {
  return { name, type, mode: "NULLABLE", fields: [], ...changes };
}

function check(fields: readonly TableField[], lines: readonly string[]) {
  const checker = createRowsChecker(fields, new Map());
  for (const [index, text] of lines.entries())
    checker.add({ text, source: "a.ndjson", line: index + 1 });
  return checker.finish();
}

describe("checking rows", () => {
  it("groups misfits, the most frequent first, with their share, first rows and values", () => {
    const lines = [
      '{"n":1}',
      '{"n":1.5,"new":"x"}',
      '{"n":2.5,"new":null}',
      '{"n":3.5}',
      '{"n":4.5,"new":7}',
    ];
    const {
      rows,
      misfit_rows: misfitRows,
      misfits,
    } = check([field("n", "INTEGER")], lines);
    expect([rows, misfitRows]).to.deep.equal([5, 4]);
    expect(misfits[0]).to.deep.equal({
      column: "n",
      expected: "INTEGER",
      found: "a number with a fraction",
      count: 4,
      share: 0.8,
      first: [
        { source: "a.ndjson", line: 2, value: "1.5", text: lines[1] },
        { source: "a.ndjson", line: 3, value: "2.5", text: lines[2] },
        { source: "a.ndjson", line: 4, value: "3.5", text: lines[3] },
      ],
      mend: "make n FLOAT, or NUMERIC where every digit counts",
    });
    expect(misfits.slice(1).map(({ mend }) => mend)).to.deep.equal([
      'add {"name":"new","type":"JSON","mode":"NULLABLE"} to the schema file; with drop: true in the catalog if the table should not have it',
      'add {"name":"new","type":"JSON","mode":"NULLABLE"} to the schema file; with drop: true in the catalog if the table should not have it',
      'add {"name":"new","type":"JSON","mode":"NULLABLE"} to the schema file; with drop: true in the catalog if the table should not have it',
    ]);
  });

  it("shows values deep in rows, however long the rows are", () => {
    const long = `{"pad":"${"x".repeat(2000)}","items":[{"price":1},{"price":"?"}]}`;
    const schema = [
      field("pad", "STRING"),
      field("items", "RECORD", {
        mode: "REPEATED",
        fields: [field("price", "FLOAT")],
      }),
    ];
    const result = check(schema, [long]);
    expect(result.misfits[0]?.first[0]?.value).to.equal('1, "?"');
    expect(formatRowsCheck("s.json", { ...result, skipped: 0 })).to.equal(
      [
        "s.json: 1 of 1 row (100 %) does not fit",
        "items.price: expected FLOAT, found a string that is no number in 1 row (100 %)",
        '  a.ndjson:1 1, "?"',
        "  to mend it: make items.price STRING, or have the service write null where there is no value",
      ].join("\n"),
    );
  });

  it("says when all rows fit", () => {
    const result = check([field("n", "INTEGER")], ['{"n":1}', "{}"]);
    expect(formatRowsCheck("s.json", { ...result, skipped: 2 })).to.equal(
      "s.json: 2 rows fit; 2 of other types were not looked at",
    );
  });

  it("counts misfits past 200 groups without keeping them", () => {
    const result = check(
      [field("n", "INTEGER")],
      Array.from({ length: 250 }, (_, index) => `{"k${index}":1}`),
    );
    expect(result.misfit_rows).to.equal(250);
    expect(result.misfits).to.have.length(200);
    expect(result.further_misfits).to.equal(50);
  });

  it("gives the load's refusal the same advice", () => {
    const collector = createMisfitCollector();
    collector.add(
      [{ column: "n", expected: "INTEGER", found: "a number with a fraction" }],
      "a.ndjson",
      2,
      '{"n":1.5}',
    );
    expect(collector.toError("x", 10).message).to.include(
      'x: 1 of 10 rows does not fit the schema; nothing was loaded\n  n: expected INTEGER, found a number with a fraction in 1 row; first a.ndjson:2 {"n":1.5}\n    make n FLOAT',
    );
  });

  const newColumns: readonly (readonly [
    values: readonly string[],
    type: string,
  ])[] = [
    [["7"], "INTEGER"],
    [["9007199254740993"], "INTEGER"],
    [["9223372036854775808"], "NUMERIC"],
    [["1.5"], "FLOAT"],
    [["7", "1.5"], "FLOAT"],
    [["9007199254740993", "1.5"], "NUMERIC"],
    [["0.12345678901234567890123"], "BIGNUMERIC"],
    [["true"], "BOOLEAN"],
    [['"x"', "null"], "STRING"],
    [["null", '"x"'], "STRING"],
    [["null", "7"], "INTEGER"],
    [["7", '"x"'], "JSON"],
    [["null"], "JSON"],
    [["{}"], "JSON"],
  ];
  for (const [values, type] of newColumns) {
    it(`the load's refusal asks once for ${type} where ${values.join(" and ")} came, and that keeps all of them`, () => {
      const judge = compileRowJudge([]);
      const collector = createMisfitCollector();
      const inferrer = createSchemaInferrer({
        quoted: "string",
        times: "infer",
        required: false,
        existing: null,
        mask: [],
        converted: new Set(),
      });
      for (const [index, value] of values.entries()) {
        const text = `{"new":${value}}`;
        const judged = judge(text);
        if ("misfits" in judged)
          collector.add(judged.misfits, "a.ndjson", index + 1, text);
        inferrer.add({ source: "a.ndjson", line: index + 1, text });
      }
      const { message } = collector.toError("x", 10);
      expect(message.match(/add \{.*?\}/g)).to.deep.equal([
        `add {"name":"new","type":"${type}","mode":"NULLABLE"}`,
      ]);
      const [inferred] = inferrer.finish().fields;
      if (type !== "JSON") expect(inferred?.type).to.equal(type);
    });
  }

  /** The column, a value that it refuses, and the columns that the advice asks for. */
  const mends: readonly (readonly [
    TableField,
    string,
    readonly TableField[],
  ])[] = [
    [
      field("x", "INTEGER"),
      "1.5",
      [field("x", "FLOAT"), field("x", "NUMERIC")],
    ],
    [
      field("x", "INTEGER"),
      "9223372036854775808",
      [field("x", "NUMERIC"), field("x", "STRING")],
    ],
    [field("x", "INTEGER"), '"n/a"', [field("x", "STRING")]],
    [field("x", "INTEGER"), '""', [field("x", "STRING")]],
    [
      field("x", "INTEGER"),
      "true",
      [field("x", "BOOLEAN"), field("x", "JSON")],
    ],
    [field("x", "INTEGER"), "{}", [field("x", "JSON")]],
    [
      field("x", "INTEGER"),
      "[1]",
      [field("x", "INTEGER", { mode: "REPEATED" }), field("x", "JSON")],
    ],
    [field("x", "FLOAT"), '"n/a"', [field("x", "STRING")]],
    [field("x", "FLOAT"), "1e400", [field("x", "STRING")]],
    [field("x", "FLOAT"), "true", [field("x", "JSON")]],
    [
      field("x", "FLOAT"),
      '{"a":1}',
      [
        field("x", "RECORD", { fields: [field("a", "FLOAT")] }),
        field("x", "JSON"),
      ],
    ],
    [
      field("x", "NUMERIC"),
      "1e30",
      [field("x", "BIGNUMERIC"), field("x", "FLOAT")],
    ],
    [field("x", "NUMERIC"), '"x"', [field("x", "STRING")]],
    [
      field("x", "NUMERIC"),
      "[]",
      [field("x", "NUMERIC", { mode: "REPEATED" }), field("x", "JSON")],
    ],
    [
      field("x", "BIGNUMERIC"),
      "1e40",
      [field("x", "FLOAT"), field("x", "STRING")],
    ],
    [field("x", "BIGNUMERIC"), '"x"', [field("x", "STRING")]],
    [field("x", "BOOLEAN"), "1", [field("x", "INTEGER")]],
    [field("x", "BOOLEAN"), '"yes"', [field("x", "STRING")]],
    [
      field("x", "BOOLEAN"),
      "[true]",
      [field("x", "BOOLEAN", { mode: "REPEATED" }), field("x", "JSON")],
    ],
    [field("x", "STRING"), "true", [field("x", "JSON")]],
    [field("x", "STRING"), "{}", [field("x", "JSON")]],
    [field("x", "STRING"), '["a"]', [field("x", "JSON")]],
    [field("x", "BYTES"), '"?"', [field("x", "STRING")]],
    [field("x", "BYTES"), "1", [field("x", "STRING")]],
    [
      field("x", "DATE"),
      '"2026-11-21T00:00:00Z"',
      [field("x", "STRING"), field("x", "TIMESTAMP")],
    ],
    [field("x", "DATE"), '"soon"', [field("x", "STRING")]],
    [field("x", "TIME"), '"25:00:00"', [field("x", "STRING")]],
    [field("x", "TIME"), "5", [field("x", "STRING")]],
    [
      field("x", "DATETIME"),
      '"2026-11-21T00:00:00Z"',
      [field("x", "TIMESTAMP"), field("x", "STRING")],
    ],
    [field("x", "DATETIME"), "1795230000", [field("x", "INTEGER")]],
    [field("x", "TIMESTAMP"), "1795230000000", [field("x", "INTEGER")]],
    [field("x", "TIMESTAMP"), '"soon"', [field("x", "STRING")]],
    [field("x", "TIMESTAMP"), "true", [field("x", "JSON")]],
    [field("x", "GEOGRAPHY"), "1", [field("x", "JSON")]],
    [
      field("x", "RECORD", { fields: [field("a", "INTEGER")] }),
      '"x"',
      [field("x", "JSON")],
    ],
    [
      field("x", "RECORD", { fields: [field("a", "INTEGER")] }),
      '[{"a":1}]',
      [
        field("x", "RECORD", {
          mode: "REPEATED",
          fields: [field("a", "INTEGER")],
        }),
        field("x", "JSON"),
      ],
    ],
    [
      field("x", "INTEGER", { mode: "REPEATED" }),
      "1",
      [field("x", "INTEGER"), field("x", "JSON")],
    ],
    [
      field("x", "INTEGER", { mode: "REPEATED" }),
      "[null]",
      [field("x", "JSON")],
    ],
    [
      field("x", "INTEGER", { mode: "REQUIRED" }),
      "null",
      [field("x", "INTEGER")],
    ],
    [
      field("x", "RECORD", {
        fields: [field("a", "INTEGER", { mode: "REQUIRED" })],
      }),
      "{}",
      [field("x", "RECORD", { fields: [field("a", "INTEGER")] })],
    ],
  ];
  for (const [column, value, mended] of mends) {
    it(`gives advice that makes ${value} fit ${column.type} ${column.mode}`, () => {
      const row = `{"x":${value}}`;
      const { misfits } = check([column], [row]);
      expect(misfits).to.have.length(1);
      expect(misfits[0]?.first[0]).to.include({ line: 1, source: "a.ndjson" });
      const advice = misfits[0]?.mend ?? "";
      for (const other of mended) {
        const named = [other, ...other.fields].some((each) =>
          advice.includes(
            other.mode === "REPEATED"
              ? "REPEATED"
              : each.type === column.type || each.type === "RECORD"
                ? "NULLABLE"
                : each.type,
          ),
        );
        expect(
          named || advice.includes(other.type),
          `${advice}: ${other.type}`,
        ).to.equal(true);
        expect(check([other], [row]).misfit_rows, other.type).to.equal(0);
      }
    });
  }

  it("asks for a column that every misfit row fits, wherever the key is new", () => {
    const rows = [
      '{"r":{"new":[{"a":1}]},"top":"2026-11-21"}',
      '{"r":{"new":[{"a":2.5}]},"top":"2026-11-22"}',
    ];
    const schema = [field("r", "RECORD", { fields: [field("b", "STRING")] })];
    const { misfits } = check(schema, rows);
    const lines = misfits.map(({ mend }) => /\{.*\}/.exec(mend)?.[0] ?? "");
    const [top, inner] = [...lines].sort((one) =>
      one.includes('"top"') ? -1 : 1,
    );
    const grown = parseTableSchema(
      `[${top ?? ""},{"name":"r","type":"RECORD","fields":[${inner ?? ""}]}]`,
      "x.json",
    );
    expect(check(grown, rows).misfit_rows).to.equal(0);
  });

  it("finds no misfit where the schema was inferred from the rows", () => {
    const rows = ['{"a":1,"b":["x"]}', '{"a":"1","c":{"d":null}}'];
    const inferrer = createSchemaInferrer({
      quoted: "string",
      times: "infer",
      required: true,
      existing: null,
    });
    for (const [index, text] of rows.entries())
      inferrer.add({ text, source: "a", line: index });
    expect(check(inferrer.finish().fields, rows).misfit_rows).to.equal(0);
  });
});
