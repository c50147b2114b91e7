import { expect } from "chai";
import fc from "fast-check";
import {
  listCounts,
  openRecord,
  type RecordCounter,
} from "../../src/shares/column-counters.js";
import { countParsedRow } from "../../src/shares/count-parsed-row.js";
import { createRowScanner } from "../../src/shares/scan-row.js";
import type { FieldMode, FieldType } from "../../src/schema/table-field.js";
import { scalar } from "../load/stage-hour.js";

const inner = [scalar("n", "FLOAT"), scalar("t", "STRING")];
const record = (name: string, mode: FieldMode) => ({
  name,
  type: "RECORD" as const,
  mode,
  fields: inner,
});
const scalars: readonly FieldType[] = ["INTEGER", "STRING", "NUMERIC", "JSON"];
const fields = [
  ...scalars.map((type) => scalar(`c_${type}`, type)),
  scalar("list", "INTEGER", "REPEATED"),
  record("one", "NULLABLE"),
  record("many", "REPEATED"),
];

/** By JSON.parse alone, row by row. */
function countByParsing(rows: readonly string[]): RecordCounter {
  const top = openRecord(fields, "");
  let objects = 0;
  for (const row of rows) countParsedRow(top, row, () => (objects += 1));
  return top;
}

/** By the scanner, and by parsing where it gives up; how many rows it took. */
function countByScanning(rows: readonly string[]) {
  const top = openRecord(fields, "");
  let objects = 0;
  const nextRecord = () => (objects += 1);
  const scan = createRowScanner(top, nextRecord);
  let scanned = 0;
  for (const row of rows) {
    const bytes = Buffer.from(`x${row}y`);
    if (scan(bytes, 1, bytes.length - 1)) scanned += 1;
    else countParsedRow(top, row, nextRecord);
  }
  return { top, scanned };
}

const spelled = fc.constantFrom(
  ...["0", "-0", "0.00", "1", "10", "-2.5", "0e5", "1e-400", "0E0", "1e5"],
  ...[`0.${"0".repeat(400)}1`, "null", "true", "false", "[]", "{}", "[ ]"],
  ...['""', '"0"', '"-0.0"', '"0e3"', '"\\u0030"', '"a\\"b\\\\"', '"é😀"'],
  ...['"["', '"}"', '"0\\n"', "[0]", "[0,0.0]", '[0,"0"]', '[0,""]', "[[0]]"],
  ...["[null]", '{"n":0}', '[{"n":0},{"N":null,"t":""}]', '{"n":{"n":[0]}}'],
);
const blank = fc.constantFrom("", " ", "\t", "\r", "  ");
const key = fc.constantFrom(
  ...fields.flatMap(({ name }) => [name, name.toUpperCase()]),
  ...["n", "t", "x", "", "\\u006cist", "lİst", "__proto__", "1"],
);
const object: fc.Arbitrary<string> = fc.letrec<{
  value: string;
  object: string;
}>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    spelled,
    tie("object"),
    fc
      .array(tie("value"), { maxLength: 3 })
      .map((items) => `[${items.join(" ,")}]`),
  ),
  object: fc
    .array(fc.tuple(blank, key, blank, tie("value"), blank), { maxLength: 5 })
    .map(
      (members) =>
        `{${members.map(([a, name, b, value, c]) => `${a}"${name}"${b}:${a}${value}${c}`).join(",")}}`,
    ),
})).object;

describe("a row that is counted by its bytes", () => {
  it("is counted as by JSON.parse", () => {
    let scanned = 0;
    fc.assert(
      fc.property(fc.array(object, { maxLength: 6 }), blank, (rows, end) => {
        const spaced = rows.map((row) => `${end}${row}${end}`);
        const counted = countByScanning(spaced);
        scanned += counted.scanned;
        expect(listCounts(counted.top)).to.deep.equal(
          listCounts(countByParsing(spaced)),
        );
      }),
      { numRuns: 3_000 },
    );
    expect(scanned).to.be.greaterThan(1_000);
  });

  const left = [
    ["what is no object", "[1]"],
    ["an empty line", ""],
    ["text behind the object", '{"list":[0]}x'],
    ["an object without its end", '{"list":[0]'],
    ["a key without a value", '{"list":}'],
    ["a number that is none", '{"c_INTEGER":0x}'],
    ["a comma too many", '{"x":1,}'],
    ["an escape in a key", '{"\\u0078":1}'],
    ["a column twice", '{"x":1,"LIST":[],"list":[]}'],
  ] as const;
  for (const [title, row] of left)
    it(`is left to JSON.parse, and counted not at all, where it has ${title}`, () => {
      const top = openRecord(fields, "");
      let objects = 0;
      const scan = createRowScanner(top, () => (objects += 1));
      const bytes = Buffer.from(row);
      expect(scan(bytes, 0, bytes.length)).to.equal(false);
      expect(top).to.deep.equal(countedAs(top, openRecord(fields, "")));
    });
});

/** The same counts; which object a column was seen in last is no count. */
function countedAs(top: RecordCounter, fresh: RecordCounter): RecordCounter {
  for (const [index, column] of fresh.columns.entries())
    column.lastSeen = top.columns[index]?.lastSeen ?? 0;
  return fresh;
}
