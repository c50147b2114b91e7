import { expect } from "chai";
import { schemaDiff } from "../../jobs/schema-diff.js";
import { bigqueryDialect } from "../../src/adapters/bigquery-dialect.js";
import { scalar } from "../load/stage-hour.js";

const table = { name: "visit", dialect: bigqueryDialect };

describe("a table beside its schema file", () => {
  const before = {
    name: "the table",
    fields: [scalar("kind", "STRING"), scalar("agent", "STRING")],
  };
  const after = { name: "the file", fields: [scalar("kind", "STRING")] };

  it("has a note, and no difference, of a column that left the file", () => {
    const { changes, notes } = schemaDiff({ before, after, table });
    expect(changes).to.deep.equal([]);
    expect(notes).to.deep.equal([
      {
        column: "agent",
        kind: "removed",
        message: "agent: is gone, was STRING NULLABLE",
        advice:
          "the table keeps it, null from now on; rows that still have it are refused: put it back into the schema file with drop: true in the catalog if they are to load without it",
      },
    ]);
  });

  it("has the note beside a difference too, and none of what only the words or the order are", () => {
    const { changes, notes } = schemaDiff({
      before,
      after: {
        name: "the file",
        fields: [scalar("kind", "STRING"), scalar("page", "STRING")],
      },
      table,
    });
    expect(changes.map(({ column }) => column)).to.deep.equal(["page"]);
    expect(notes.map(({ column }) => column)).to.deep.equal(["agent"]);
    const [first, second] = before.fields;
    const moved = schemaDiff({
      before,
      after: { name: "the file", fields: [second!, first!] },
      table,
    });
    expect([moved.changes, moved.notes]).to.deep.equal([[], []]);
  });

  it("is a difference between two files", () => {
    const { changes, notes } = schemaDiff({ before, after, table: null });
    expect(changes.map(({ column }) => column)).to.deep.equal(["agent"]);
    expect(notes).to.deep.equal([]);
  });
});
