import { expect } from "chai";
import fc from "fast-check";
import { createSchemaInferrer } from "../../src/schema/infer-schema.js";
import { compileRowJudge } from "../../src/schema/judge-row.js";
import { formatSchema } from "../../src/schema/format-schema.js";
import { parseTableSchema } from "../../src/schema/read-table-schema.js";

function infer(
  lines: readonly string[],
  quoted: "string" | "infer" = "string",
) {
  const inferrer = createSchemaInferrer(quoted);
  for (const line of lines) inferrer.add(line);
  return inferrer.finish();
}

describe("inferring a schema", () => {
  const cases: readonly (readonly [
    title: string,
    values: readonly string[],
    type: string,
    mode?: string,
  ])[] = [
    ["integers", ["1", "-9223372036854775808"], "INTEGER"],
    ["an integer with a fraction's spelling", ["1.0"], "FLOAT"],
    ["integers and fractions", ["1", "1.5", "null"], "FLOAT"],
    ["integers past 64 bits", ["1", "92233720368547758081"], "NUMERIC"],
    [
      "integers past 2^53 beside fractions",
      ["9007199254740993", "0.5"],
      "NUMERIC",
    ],
    [
      "numbers that no type holds exactly",
      ["9007199254740993", "1e-30"],
      "JSON",
    ],
    ["numbers past a double's range", ["1e999"], "JSON"],
    ["booleans", ["true", "null"], "BOOLEAN"],
    ["texts, quoted numbers included", ['"a"', '"1"'], "STRING"],
    ["texts and numbers", ['"a"', "1"], "JSON"],
    ["booleans and numbers", ["true", "1"], "JSON"],
    ["null alone", ["null"], "JSON"],
    ["an empty object", ["{}"], "JSON"],
    ["an empty array", ["[]"], "JSON"],
    ["arrays and null", ["[1]", "[]", "null"], "INTEGER", "REPEATED"],
    ["arrays of arrays", ["[[1]]"], "JSON"],
    ["arrays with null", ["[1,null]"], "JSON"],
    ["arrays of several kinds", ['[1,"a"]'], "JSON"],
    ["an array and a number", ["[1]", "1"], "JSON"],
    ["objects", ['{"a":1}', "{}"], "RECORD"],
    ["arrays of objects", ['[{"a":1},{"b":2}]'], "RECORD", "REPEATED"],
    ["objects with keys that no column may have", ['{"+1":1,"a":2}'], "JSON"],
    ["objects with a key twice but for its case", ['{"a":1,"A":2}'], "JSON"],
  ];
  for (const [title, values, type, mode] of cases) {
    it(`makes ${type}${mode === undefined ? "" : ` ${mode}`} of ${title}`, () => {
      const lines = values.map((value) => `{"x":${value}}`);
      const { fields, findings, faults } = infer(lines);
      expect(faults).to.deep.equal([]);
      expect(
        fields.map((each) => [each.name, each.type, each.mode]),
      ).to.deep.equal([["x", type, mode ?? "NULLABLE"]]);
      expect(findings.length > 0).to.equal(type === "JSON");
    });
  }

  it("counts quoted numbers as numbers only when told to", () => {
    const lines = [
      '{"a":"1","b":"007","c":"1.5"}',
      '{"a":"2","b":"1","c":"2"}',
    ];
    const types = infer(lines, "infer").fields.map((each) => each.type);
    expect(types).to.deep.equal(["INTEGER", "STRING", "FLOAT"]);
    expect(infer(lines).fields.map((each) => each.type)).to.deep.equal([
      "STRING",
      "STRING",
      "STRING",
    ]);
  });

  it("says why a column is JSON, by its path", () => {
    const { findings } = infer(['{"r":{"reactions":{"+1":0},"n":1}}']);
    expect(findings).to.have.length(1);
    expect(findings[0]?.column).to.equal("r.reactions");
    expect(findings[0]?.message).to.include('"+1"');
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

  const key = fc.oneof(
    fc.constantFrom(
      "a",
      "A",
      "b",
      "__proto__",
      "constructor",
      "+1",
      "x-y",
      "_TABLE_a",
      "",
    ),
    fc.string({ maxLength: 3 }),
  );
  const { value } = fc.letrec<{ value: unknown; object: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.constantFrom(
        "null",
        "true",
        "false",
        "0",
        "-0",
        "1.0",
        "1e400",
        "1e30",
        "1e-12",
      ),
      fc.constantFrom(
        "9007199254740993",
        "9223372036854775808",
        "1".repeat(40),
      ),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc
        .oneof(fc.string(), fc.constantFrom("1", "-0", "1e5", "NaN", "true"))
        .map((text) => JSON.stringify(text)),
      fc
        .array(tie("value"), { maxLength: 3 })
        .map((items) => `[${items.join()}]`),
      tie("object"),
    ),
    object: fc
      .array(fc.tuple(key, tie("value")), { maxLength: 4 })
      .map(
        (members) =>
          `{${members.map(([name, text]) => `${JSON.stringify(name)}:${String(text)}`).join()}}`,
      ),
  }));
  const row = fc
    .uniqueArray(
      fc.tuple(
        fc.constantFrom("a", "b", "c_d", "Long_Name", "constructor"),
        value,
      ),
      {
        selector: ([name]) => name,
      },
    )
    .map(
      (members) =>
        `{${members.map(([name, text]) => `"${name}":${String(text)}`).join()}}`,
    );

  it("makes a schema that every row which went in fits, and that reads back", () => {
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 6 }),
        fc.constantFrom("string" as const, "infer" as const),
        (lines, quoted) => {
          const { fields, faults } = infer(lines, quoted);
          expect(faults).to.deep.equal([]);
          fc.pre(fields.length > 0);
          const judge = compileRowJudge(
            parseTableSchema(formatSchema(fields), "x.json"),
          );
          for (const line of lines)
            expect(judge(line)).not.to.have.property("misfits");
        },
      ),
      { numRuns: 1500 },
    );
  });
});
