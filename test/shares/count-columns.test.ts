import { expect } from "chai";
import fc from "fast-check";
import { DataRefusedError } from "../../src/errors.js";
import type { ColumnCounts } from "../../src/ports/warehouse.js";
import { countColumns } from "../../src/shares/count-columns.js";
import type {
  FieldMode,
  FieldType,
  TableField,
} from "../../src/schema/table-field.js";
import { rejection } from "../add/rejection.js";

function field(
  name: string,
  type: FieldType,
  mode: FieldMode = "NULLABLE",
  fields: readonly TableField[] = [],
): TableField {
  return { name, type, mode, fields };
}

/** In blocks that end anywhere. */
function source(lines: readonly string[], blockBytes = 7) {
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
  async function* blocks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += blockBytes)
      yield await Promise.resolve(bytes.subarray(at, at + blockBytes));
  }
  return { key: "t/a.ndjson", open: () => Promise.resolve(blocks()) };
}

function counts(
  column: string,
  records: number,
  others: Partial<ColumnCounts> = {},
): ColumnCounts {
  const none = { nulls: 0, missing: 0, zeros: 0, empties: 0 };
  return { column, records, ...none, ...others };
}

describe("counting what columns hold", () => {
  it("keeps null, missing, 0 and empty apart", async () => {
    const found = await countColumns(
      [field("n", "INTEGER"), field("s", "STRING"), field("j", "JSON")],
      [
        source(['{"n":0,"s":"","j":[]}', '{"n":null,"s":null,"j":null}']),
        source(['{"n":7,"s":"0","j":{"n":0}}', "{}"]),
      ],
    );
    expect(found).to.deep.equal([
      counts("n", 4, { zeros: 1, nulls: 1, missing: 1 }),
      counts("s", 4, { empties: 1, nulls: 1, missing: 1 }),
      counts("j", 4, { empties: 1, nulls: 1, missing: 1 }),
    ]);
  });

  const zeros: readonly (readonly [FieldType, string, boolean])[] = [
    ["INTEGER", "0", true],
    ["INTEGER", "-0", true],
    ["INTEGER", '"0"', true],
    ["INTEGER", '"-00"', true],
    ["INTEGER", '""', false],
    ["INTEGER", '" "', false],
    ["INTEGER", "false", false],
    ["FLOAT", "0.0", true],
    ["FLOAT", "0e5", true],
    ["FLOAT", '".0"', true],
    ["FLOAT", '"0x0"', false],
    ["FLOAT", '"NaN"', false],
    ["FLOAT", "1e-300", false],
    ["NUMERIC", '"0.000"', true],
    ["BIGNUMERIC", '"0e-9"', true],
    ["STRING", "0", false],
    ["STRING", '"0"', false],
    ["BOOLEAN", "false", false],
    ["JSON", "0", false],
    ["TIMESTAMP", "0", false],
  ];
  for (const [type, value, isZero] of zeros) {
    it(`${isZero ? "counts" : "does not count"} ${value} of ${type} as 0`, async () => {
      const [found] = await countColumns(
        [field("x", type)],
        [source([`{"x":${value}}`])],
      );
      expect(found?.zeros).to.equal(isZero ? 1 : 0);
    });
  }

  it("counts below a RECORD the objects that stand there, each element of an array", async () => {
    const found = await countColumns(
      [
        field("r", "RECORD", "NULLABLE", [
          field("a", "STRING"),
          field("deep", "RECORD", "NULLABLE", [field("b", "FLOAT")]),
        ]),
        field("items", "RECORD", "REPEATED", [field("price", "NUMERIC")]),
      ],
      [
        source([
          '{"r":{"a":"","deep":{"b":0}},"items":[{"price":0},{"price":null},{}]}',
          '{"r":{"deep":{}},"items":[]}',
          '{"r":null,"items":null}',
          "{}",
        ]),
      ],
    );
    expect(found).to.deep.equal([
      counts("r", 4, { nulls: 1, missing: 1 }),
      counts("r.a", 2, { empties: 1, missing: 1 }),
      counts("r.deep", 2, {}),
      counts("r.deep.b", 2, { zeros: 1, missing: 1 }),
      counts("items", 4, { empties: 1, nulls: 1, missing: 1 }),
      counts("items.price", 3, { zeros: 1, nulls: 1, missing: 1 }),
    ]);
  });

  it("counts an array of numbers as 0 where all of them are", async () => {
    const found = await countColumns(
      [field("l", "INTEGER", "REPEATED")],
      [source(['{"l":[0,0]}', '{"l":[0,1]}', '{"l":[]}', '{"l":["0"]}'])],
    );
    expect(found).to.deep.equal([counts("l", 4, { zeros: 2, empties: 1 })]);
  });

  it("matches keys without regard to case, and counts one that is there twice once", async () => {
    const found = await countColumns(
      [field("Ab", "INTEGER"), field("__proto__", "INTEGER")],
      [source(['{"aB":0,"AB":null}', '{"Ab":1,"__proto__":0,"other":null}'])],
    );
    expect(found).to.deep.equal([
      counts("Ab", 2, { zeros: 1 }),
      counts("__proto__", 2, { zeros: 1, missing: 1 }),
    ]);
  });

  it("counts nothing in what does not fit, which a load refuses or sets aside", async () => {
    const found = await countColumns(
      [
        field("r", "RECORD", "NULLABLE", [field("a", "INTEGER")]),
        field("l", "INTEGER", "REPEATED"),
      ],
      [source(['{"r":[{"a":0}],"l":0}', '{"r":"x","l":[null]}'])],
    );
    expect(found).to.deep.equal([
      counts("r", 2),
      counts("r.a", 0),
      counts("l", 2, { zeros: 1 }),
    ]);
  });

  it("refuses a line that is no object, by its place", async () => {
    for (const line of ["[]", '"x"', "null", "{"]) {
      const error = await rejection(
        countColumns([field("a", "STRING")], [source(["{}", line])]),
      );
      expect(error).to.be.instanceOf(DataRefusedError);
      expect(error.message).to.include("t/a.ndjson:2 is not a JSON object");
    }
  });

  it("adds up to the records, whatever the rows are", async () => {
    const values = [undefined, null, 0, 1, "", "x"] as const;
    const fields = [
      field("a", "INTEGER"),
      field("b", "STRING"),
      field("c", "FLOAT"),
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            a: fc.constantFrom(...values),
            b: fc.constantFrom(...values),
            c: fc.constantFrom(...values),
          }),
        ),
        fc.integer({ min: 1, max: 50 }),
        async (rows, blockBytes) => {
          const lines = rows.map((row) => JSON.stringify(row));
          const found = await countColumns(fields, [source(lines, blockBytes)]);
          const count = (name: "a" | "b" | "c", value: unknown) =>
            rows.filter((row) => row[name] === value).length;
          const expected = (["a", "b", "c"] as const).map((name) =>
            counts(name, rows.length, {
              nulls: count(name, null),
              missing: count(name, undefined),
              zeros: name === "b" ? 0 : count(name, 0),
              empties: count(name, ""),
            }),
          );
          expect(found).to.deep.equal(expected);
        },
      ),
    );
  });
});
