import { expect } from "chai";
import fc from "fast-check";
import { schemaDiff } from "../../jobs/schema-diff.js";
import { bigqueryDialect } from "../../src/adapters/bigquery-dialect.js";
import { compareFields } from "../../src/load/compare-fields.js";
import { shapeOrigin } from "../../src/catalog/origin-shape.js";
import { diffFields } from "../../src/schema/diff-fields.js";
import { judgeChange } from "../../src/schema/judge-change.js";
import { reverseOrigin } from "../../src/schema/reverse-origin.js";
import type { TableField } from "../../src/schema/table-field.js";
import { plainRule } from "../dags/build-catalog.js";

const onBigQuery = { name: "t", dialect: bigqueryDialect };

function field(
  name: string,
  type: TableField["type"],
  changes: Partial<TableField> = {},
): TableField {
  return { name, type, mode: "NULLABLE", fields: [], ...changes };
}

const leaf = fc.record({
  type: fc.constantFrom(
    "STRING" as const,
    "INTEGER" as const,
    "FLOAT" as const,
  ),
  inner: fc.subarray(["x", "y"], { minLength: 1 }),
  mode: fc.constantFrom(
    "NULLABLE" as const,
    "REQUIRED" as const,
    "REPEATED" as const,
  ),
});
const columns = fc
  .uniqueArray(
    fc.tuple(fc.constantFrom("a", "B", "c", "d"), leaf, fc.boolean()),
    {
      selector: ([name]) => name.toLowerCase(),
      minLength: 1,
    },
  )
  .map((each) =>
    each.map(([name, { type, mode, inner }, isRecord]) =>
      isRecord
        ? field(name, "RECORD", {
            mode,
            fields: inner.map((each) => field(each, type, { mode })),
          })
        : field(name, type, { mode }),
    ),
  );

describe("comparing schemas", () => {
  it("names every difference in words", () => {
    const before = [
      field("a", "INTEGER"),
      field("b", "STRING", { description: "Old." }),
      field("r", "RECORD", {
        fields: [field("x", "STRING"), field("y", "STRING")],
      }),
      field("gone", "DATE"),
    ];
    const after = [
      field("A", "FLOAT"),
      field("b", "STRING", { mode: "REQUIRED", description: "New." }),
      field("r", "RECORD", {
        fields: [
          field("y", "STRING"),
          field("x", "STRING"),
          field("z", "BOOLEAN", { mode: "REPEATED" }),
        ],
      }),
      field("more", "RECORD", { fields: [field("x", "STRING")] }),
    ];
    expect(
      diffFields(before, after).map(({ message }) => message),
    ).to.deep.equal([
      "A: INTEGER NULLABLE, now FLOAT NULLABLE",
      "b: STRING NULLABLE, now STRING REQUIRED",
      'b: described as "Old.", now as "New."',
      "r.z: is new, BOOLEAN REPEATED",
      "more: is new, RECORD NULLABLE of 1 column",
      "gone: is gone, was DATE NULLABLE",
    ]);
    expect(diffFields(after, after)).to.deep.equal([]);
  });

  it("tells of another order", () => {
    const [a, b] = [field("a", "STRING"), field("b", "STRING")] as const;
    expect(
      diffFields([a, b], [b, a]).map(({ message }) => message),
    ).to.deep.equal(["the columns: in another order, now b, a"]);
  });

  it("refuses on a table what a load would refuse, and adds what a load would add", () => {
    fc.assert(
      fc.property(columns, columns, (table, wanted) => {
        const { additions, differences } = compareFields(table, wanted);
        const verdicts = diffFields(table, wanted).map(
          (change) => [change, judgeChange(change, onBigQuery)] as const,
        );
        const added = verdicts.flatMap(([{ after }, verdict]) =>
          verdict.do === "apply" && after !== null ? [after] : [],
        );
        const refused = verdicts.some(([, verdict]) => verdict.do === "refuse");
        expect(added).to.deep.equal(additions);
        expect(refused).to.equal(differences.length > 0);
      }),
      { numRuns: 2000 },
    );
  });

  for (const [title, before, after, says] of [
    [
      "a type that widens",
      field("x", "INTEGER"),
      field("x", "NUMERIC"),
      "ALTER TABLE t ALTER COLUMN x SET DATA TYPE NUMERIC",
    ],
    [
      "another type",
      field("x", "STRING"),
      field("x", "INTEGER"),
      "UPDATE t SET x_2 = SAFE_CAST(x AS INT64)",
    ],
    [
      "a mode that relaxes",
      field("x", "STRING", { mode: "REQUIRED" }),
      field("x", "STRING"),
      "ALTER COLUMN x DROP NOT NULL",
    ],
    [
      "a list in place of a value",
      field("x", "STRING"),
      field("x", "STRING", { mode: "REPEATED" }),
      "a column beside it",
    ],
  ] as const) {
    it(`says how ${title} is done safely`, () => {
      const { changes } = schemaDiff({
        before: { name: "t", fields: [before] },
        after: { name: "x.json", fields: [after] },
        table: onBigQuery,
      });
      expect(changes).to.have.length(1);
      expect(changes[0]?.advice).to.include(says);
    });
  }
});

describe("the schema file of a table", () => {
  const pinned = [
    field("id", "STRING", { mode: "REQUIRED" }),
    field("at", "NUMERIC"),
    field("when", "STRING"),
    field("old", "INTEGER"),
    field("body", "STRING"),
    field("price", "STRING"),
    field("secret", "STRING"),
  ];
  const rules = new Map([
    [
      "at",
      {
        ...plainRule,
        from: "epoch_seconds" as const,
        to: "timestamp" as const,
      },
    ],
    [
      "when",
      { ...plainRule, from: "iso8601" as const, to: "datetime" as const },
    ],
    ["old", { ...plainRule, rename: "young" }],
    ["body", { ...plainRule, wrap: "string" as const }],
    ["price", { ...plainRule, sql: "SAFE_CAST(price AS NUMERIC)" }],
    ["secret", { ...plainRule, drop: true }],
  ]);
  const { fields: table } = shapeOrigin(
    { name: "t", columns: rules },
    pinned,
    "UTC",
  );

  it("is the one that the table was made from, where that still stands", () => {
    const { fields, notes } = reverseOrigin(table, rules, pinned);
    expect(fields).to.deep.equal(pinned);
    expect(notes.map((note) => note.split(":")[0])).to.deep.equal([
      "at",
      "when",
      "price",
      "secret",
    ]);
  });

  it("says what it guesses and what is lost, where nothing else tells", () => {
    const { fields, notes } = reverseOrigin(table, rules, null);
    expect(fields.map(({ name, type }) => [name, type])).to.deep.equal([
      ["id", "STRING"],
      ["at", "INTEGER"],
      ["when", "STRING"],
      ["old", "INTEGER"],
      ["body", "STRING"],
      ["price", "STRING"],
    ]);
    expect(notes).to.deep.equal([
      "at: from: epoch_seconds hides what the logs hold; INTEGER is a guess: look at the logs",
      "when: from: iso8601 hides what the logs hold; STRING is a guess: look at the logs",
      "price: sql hides what the logs hold; STRING as the table has it: look at the logs",
      "secret: drop: the table does not have it, and there is no schema file that tells its type: it is left out, put it back by hand",
    ]);
  });
});
