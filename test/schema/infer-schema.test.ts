import { expect } from "chai";
import fc from "fast-check";
import { compileRowJudge } from "../../src/schema/judge-row.js";
import { formatSchema } from "../../src/schema/format-schema.js";
import { parseTableSchema } from "../../src/schema/read-table-schema.js";
import type { TableField } from "../../src/schema/table-field.js";
import { jsonRow } from "./json-rows.js";
import { inferRows, inferValues } from "./infer-rows.js";
import { inferenceCases } from "./inference-cases.js";

describe("inferring a schema", () => {
  for (const [title, values, type, mode, source] of inferenceCases) {
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
      inferRows(lines, { quoted }).fields.map((each) => each.type);
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
    const { fields } = inferRows(
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

  for (const [title, line] of [
    ["a row that is no object", "[1]"],
    ["a row that is no JSON", "{"],
    ["a key that no column may have", '{"a-b":1}'],
    ["the key folder_hour", '{"folder_hour":1}'],
    ["a key twice in one row", '{"a":1,"A":2}'],
  ] as const) {
    it(`names ${title} as what no schema can hold`, () => {
      expect(inferRows(['{"a":1}', line]).faults).to.have.length(1);
    });
  }

  it("makes JSON of objects whose keys are data, in bounded memory", () => {
    const lines = Array.from(
      { length: 300 },
      (_, row) =>
        `{"a":1,"m":{${Array.from({ length: 50 }, (_, key) => `"u${row}_${key}":1`).join()}}}`,
    );
    const { fields, findings } = inferRows(lines);
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
    const { fields, findings } = inferRows(
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
          const { fields, faults } = inferRows(lines, options);
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
          const existing = inferRows(before, first).fields;
          fc.pre(existing.length > 0);
          const { fields, faults } = inferRows(lines, { ...second, existing });
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
          const once = inferRows(lines).fields;
          expect(formatSchema(once)).to.equal(
            formatSchema(inferRows(lines).fields),
          );
          if (once.length === 0) return;
          const again = inferRows(lines, { existing: once }).fields;
          expect(formatSchema(again)).to.equal(formatSchema(once));
        },
      ),
    );
  });
});
