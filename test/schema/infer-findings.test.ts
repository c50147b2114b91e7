import { expect } from "chai";
import { inferRows, inferValues } from "./infer-rows.js";

describe("what is told of an inferred schema", () => {
  it("says why a column is JSON, by its path, with counts, places and what else could be done", () => {
    const { findings } = inferRows([
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
    const { columns: reports } = inferRows([
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
      const messages = inferRows(rows).findings.map(({ message }) => message);
      if (says === null) expect(messages).to.deep.equal([]);
      else expect(messages.join("\n")).to.include(says);
    });
  }

  it("says nothing of a time that the catalog converts", () => {
    const converted = new Set(["t"]);
    expect(
      inferRows(['{"t":1795230000000}'], { converted }).findings,
    ).to.deep.equal([]);
  });
});
