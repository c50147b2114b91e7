import { expect } from "chai";
import { compileRowJudge } from "../../src/schema/judge-row.js";
import type { Cell } from "../../src/schema/judge-value.js";
import type {
  FieldMode,
  FieldType,
  TableField,
} from "../../src/schema/table-field.js";

function field(
  name: string,
  type: FieldType,
  mode: FieldMode = "NULLABLE",
  fields: readonly TableField[] = [],
): TableField {
  return { name, type, mode, fields };
}

const micros = (text: string) => BigInt(Date.parse(text)) * 1000n;

describe("judging a row", () => {
  const taken: readonly (readonly [FieldType, string, Cell])[] = [
    ["STRING", '""', ""],
    ["STRING", '"\\u00e9"', "é"],
    ["STRING", "1.50", "1.50"],
    ["STRING", "9007199254740993", "9007199254740993"],
    ["INTEGER", "0", 0n],
    ["INTEGER", "-0", 0n],
    ["INTEGER", '"12"', 12n],
    ["INTEGER", '"-12"', -12n],
    ["INTEGER", "1.0", 1n],
    ["INTEGER", "1e3", 1000n],
    ["INTEGER", "9223372036854775807", 9223372036854775807n],
    ["INTEGER", "-9223372036854775808", -9223372036854775808n],
    ["FLOAT", "1", 1],
    ["FLOAT", '"1.5e3"', 1500],
    ["FLOAT", '"NaN"', NaN],
    ["FLOAT", '"-Infinity"', -Infinity],
    ["NUMERIC", "0.1", 100000000n],
    ["NUMERIC", '"-12.3456789"', -12345678900n],
    ["NUMERIC", "0.0000000005", 1n],
    ["NUMERIC", "0.00000000049", 0n],
    ["NUMERIC", "-0.0000000005", -1n],
    ["NUMERIC", "99999999999999999999999999999.999999999", 10n ** 38n - 1n],
    ["BIGNUMERIC", "12.50", "12.5"],
    ["BIGNUMERIC", '"1e-38"', `0.${"0".repeat(37)}1`],
    ["BOOLEAN", "true", true],
    ["BOOLEAN", '"False"', false],
    ["DATE", '"1969-12-31"', -1],
    ["DATE", '"2024-02-29"', 19782],
    ["TIME", '"23:59:59.999999"', 86_399_999_999n],
    ["DATETIME", '"2026-11-21 03:04:05.5"', micros("2026-11-21T03:04:05.500Z")],
    ["TIMESTAMP", '"2026-11-21T03:04:05Z"', micros("2026-11-21T03:04:05Z")],
    [
      "TIMESTAMP",
      '"2026-11-21 12:04:05+09:00"',
      micros("2026-11-21T03:04:05Z"),
    ],
    ["TIMESTAMP", '"2026/11/21 03:04:05 UTC"', micros("2026-11-21T03:04:05Z")],
    ["TIMESTAMP", '"1969-12-31T23:59:59.999999"', -1n],
    ["TIMESTAMP", "1.5", 1_500_000n],
    ["TIMESTAMP", "-1", -1_000_000n],
    ["GEOGRAPHY", '"POINT(1 2)"', "POINT(1 2)"],
    [
      "JSON",
      '{"a": 1.0, "a":9007199254740993}',
      '{"a": 1.0, "a":9007199254740993}',
    ],
    ["JSON", "[1, null]", "[1, null]"],
    ["JSON", '"x"', '"x"'],
  ];
  for (const [type, text, cell] of taken) {
    it(`takes ${text} as ${type}`, () => {
      const judged = compileRowJudge([field("x", type)])(`{"x": ${text} }`);
      expect(judged).to.deep.equal({ cells: [cell] });
    });
  }

  it("takes base64 as BYTES", () => {
    const judged = compileRowJudge([field("x", "BYTES")])('{"x":"AQL/"}');
    if (!("cells" in judged)) throw new Error("refused");
    expect(Buffer.from(judged.cells[0] as Uint8Array).toString("hex")).to.equal(
      "0102ff",
    );
  });

  const refused: readonly (readonly [FieldType, string, found: string])[] = [
    ["STRING", "true", "a boolean"],
    ["STRING", "{}", "an object"],
    ["STRING", "[]", "an array"],
    ["INTEGER", "1.5", "a number with a fraction"],
    ["INTEGER", '"1.0"', "a string that is no integer"],
    ["INTEGER", '""', "a string that is no integer"],
    ["INTEGER", "true", "a boolean"],
    ["INTEGER", "9223372036854775808", "a number outside of 64 bits"],
    ["INTEGER", "1e999999", "a number outside of 64 bits"],
    ["FLOAT", "1e400", "a number outside of a double's range"],
    ["FLOAT", '"0x10"', "a string that is no number"],
    ["FLOAT", '""', "a string that is no number"],
    ["NUMERIC", "1e29", "a number outside of NUMERIC's range"],
    ["NUMERIC", '"x"', "a string that is no decimal number"],
    ["NUMERIC", '"NaN"', "a string that is no decimal number"],
    ["BIGNUMERIC", "1e39", "a number outside of BIGNUMERIC's range"],
    ["BOOLEAN", "1", "a number"],
    ["BOOLEAN", '"yes"', "a string that is neither true nor false"],
    ["BYTES", '"a"', "a string that is no base64"],
    ["BYTES", "1", "a number"],
    ["DATE", '"2023-02-29"', "a string that is no DATE"],
    ["DATE", '"2023-2-9"', "a string that is no DATE"],
    ["DATE", "19000", "a number"],
    ["TIME", '"24:00:00"', "a string that is no TIME"],
    ["DATETIME", '"2026-11-21T03:04:05Z"', "a string that is no DATETIME"],
    ["TIMESTAMP", '"soon"', "a string that is no TIMESTAMP"],
    ["TIMESTAMP", "1e15", "a number of seconds outside of the years 1 to 9999"],
    ["TIMESTAMP", "true", "a boolean"],
    ["GEOGRAPHY", "1", "a number"],
    ["RECORD", "1", "a number"],
    ["RECORD", "[]", "an array"],
  ];
  for (const [type, text, found] of refused) {
    it(`refuses ${text} as ${type}`, () => {
      const judge = compileRowJudge([field("x", type)]);
      const judged = judge(`{"x":${text}}`);
      const expected = type === "RECORD" ? "RECORD, an object" : type;
      expect(judged).to.deep.equal({
        misfits: [{ column: "x", expected, found }],
      });
    });
  }

  const schema = [
    field("id", "INTEGER", "REQUIRED"),
    field("r", "RECORD", "NULLABLE", [
      field("s", "STRING"),
      field("l", "INTEGER", "REPEATED"),
    ]),
    field("rs", "RECORD", "REPEATED", [field("n", "FLOAT", "REQUIRED")]),
  ];
  const judge = compileRowJudge(schema);

  it("orders cells by the schema, and matches keys without regard to case", () => {
    expect(
      judge('{"RS":[{"n":1},{"n":2}],"r":{"L":[1]},"ID":1}'),
    ).to.deep.equal({
      cells: [1n, [null, [1n]], [[1], [2]]],
    });
  });

  it("takes null and missing alike: null, or no elements", () => {
    expect(judge('{"id":1,"r":null,"rs":null}')).to.deep.equal({
      cells: [1n, null, []],
    });
    expect(judge('{"id":1}')).to.deep.equal({ cells: [1n, null, []] });
    expect(judge('{"id":1,"r":{}}')).to.deep.equal({
      cells: [1n, [null, []], []],
    });
  });

  const refusedRows: readonly (readonly [
    title: string,
    row: string,
    column: string,
    found: string,
  ])[] = [
    ["a missing REQUIRED value", "{}", "id", "no key"],
    ["null in a REQUIRED column", '{"id":null}', "id", "null"],
    [
      "a missing REQUIRED value in an array",
      '{"id":1,"rs":[{"n":1},{}]}',
      "rs.n",
      "no key",
    ],
    [
      "a key that the schema lacks",
      '{"id":1,"x":1}',
      "x",
      "a key that the schema lacks, with a number",
    ],
    [
      "such a key with null",
      '{"id":1,"x":null}',
      "x",
      "a key that the schema lacks, with null",
    ],
    [
      "such a key in a record",
      '{"id":1,"r":{"y":[]}}',
      "r.y",
      "a key that the schema lacks, with an array",
    ],
    [
      "a prototype's name as a key",
      '{"id":1,"__proto__":{}}',
      "__proto__",
      "a key that the schema lacks, with an object",
    ],
    ["a repeated key", '{"id":1,"id":1}', "id", "a repeated key"],
    [
      "a key repeated but for its case",
      '{"id":1,"Id":1}',
      "id",
      "a repeated key",
    ],
    [
      "a repeated key after null",
      '{"id":1,"r":null,"r":null}',
      "r",
      "a repeated key",
    ],
    [
      "a value where an array belongs",
      '{"id":1,"rs":{"n":1}}',
      "rs",
      "an object",
    ],
    ["null inside an array", '{"id":1,"rs":[null]}', "rs", "null in the array"],
    ["an array where a value belongs", '{"id":[1]}', "id", "an array"],
    ["a row that is no object", "[]", "", "something else"],
    ["a row that is no JSON", '{"id":1', "", "something else"],
    ["a leading BOM", '\uFEFF{"id":1}', "", "something else"],
  ];
  for (const [title, line, column, found] of refusedRows) {
    it(`refuses ${title}`, () => {
      const judged = judge(line);
      if (!("misfits" in judged)) throw new Error("taken");
      expect(
        judged.misfits.map((each) => [each.column, each.found]),
      ).to.deep.equal([[column, found]]);
    });
  }

  const times: readonly (readonly [
    "epoch_seconds" | "epoch_millis" | "epoch_micros" | "iso8601",
    FieldType,
    string,
    boolean,
  ])[] = [
    ["epoch_seconds", "INTEGER", "253402300799", true],
    ["epoch_seconds", "INTEGER", "253402300800", false],
    ["epoch_seconds", "FLOAT", "1e300", false],
    ["epoch_seconds", "FLOAT", '"NaN"', false],
    ["epoch_seconds", "NUMERIC", "1.5", true],
    ["epoch_seconds", "NUMERIC", "253402300800", false],
    ["epoch_millis", "INTEGER", "253402300800000", false],
    ["epoch_millis", "STRING", '"12.5"', true],
    ["epoch_millis", "STRING", '"soon"', false],
    ["epoch_micros", "INTEGER", "9223372036854775807", false],
    ["epoch_micros", "INTEGER", "-62135596800000000", true],
    ["iso8601", "STRING", '"2026-11-21T03:04:05.123456789+0900"', true],
    ["iso8601", "STRING", '"2026-11-21 03:04"', true],
    ["iso8601", "STRING", '"2026-02-30T00:00:00Z"', false],
    ["iso8601", "STRING", '"2026-11-21T24:00:00Z"', false],
    ["iso8601", "STRING", '"1700000000"', false],
    ["iso8601", "STRING", '""', false],
    ["iso8601", "STRING", "null", true],
  ];
  for (const [format, type, text, fits] of times) {
    it(`${fits ? "takes" : "refuses"} ${text} in a column of ${type} that holds ${format}`, () => {
      const judgeTime = compileRowJudge(
        [field("at", type)],
        new Map([["at", format]]),
      );
      expect("cells" in judgeTime(`{"at":${text}}`)).to.equal(fits);
    });
  }
});
