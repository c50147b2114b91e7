import { expect } from "chai";
import fc from "fast-check";
import { CatalogError } from "../../src/errors.js";
import { hashSchema } from "../../src/schema/hash-schema.js";
import { parseTableSchema } from "../../src/schema/read-table-schema.js";
import { fieldTypes } from "../../src/schema/table-field.js";

describe("a schema file", () => {
  it("is read with aliases, any case and the default mode resolved", () => {
    const text = `[
      {"name": "id", "type": "int64", "mode": "required", "description": "An id."},
      {"name": "rates", "type": "FLOAT64", "mode": "REPEATED"},
      {"name": "device", "type": "STRUCT", "fields": [{"name": "ok", "type": "BOOL"}]}
    ]`;

    expect(parseTableSchema(text, "x.json")).to.deep.equal([
      {
        name: "id",
        type: "INTEGER",
        mode: "REQUIRED",
        description: "An id.",
        fields: [],
      },
      { name: "rates", type: "FLOAT", mode: "REPEATED", fields: [] },
      {
        name: "device",
        type: "RECORD",
        mode: "NULLABLE",
        fields: [{ name: "ok", type: "BOOLEAN", mode: "NULLABLE", fields: [] }],
      },
    ]);
  });

  it("may nest fifteen levels deep", () => {
    let field: object = { name: "leaf", type: "STRING" };
    for (let depth = 1; depth < 15; depth++)
      field = { name: "n", type: "RECORD", fields: [field] };

    expect(parseTableSchema(JSON.stringify([field]), "x.json")).to.have.length(
      1,
    );
  });

  it("may call a nested column folder_hour", () => {
    const text = `[{"name": "a", "type": "RECORD", "fields": [{"name": "folder_hour", "type": "STRING"}]}]`;

    expect(parseTableSchema(text, "x.json")).to.have.length(1);
  });

  it("of any JSON is read or refused with a place in the file", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        try {
          parseTableSchema(text, "x.json");
        } catch (error) {
          expect(error).to.be.instanceOf(CatalogError);
          expect((error as CatalogError).message).to.match(/^x\.json:\d+:\d+/);
        }
      }),
    );
  });

  it("survives being written and read again", () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
    const leaf = fc.record({
      name,
      type: fc.constantFrom(...fieldTypes.filter((type) => type !== "RECORD")),
      mode: fc.constantFrom("NULLABLE", "REQUIRED", "REPEATED"),
      fields: fc.constant([]),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(leaf, { minLength: 1, selector: (field) => field.name }),
        (fields) => {
          const text = JSON.stringify(
            fields.map(({ name, type, mode }) => ({ name, type, mode })),
          );
          expect(parseTableSchema(text, "x.json")).to.deep.equal(fields);
        },
      ),
    );
  });
});

describe("a schema's hash", () => {
  const hash = (text: string) => hashSchema(parseTableSchema(text, "x.json"));
  const base = `[{"name": "a", "type": "INTEGER"}, {"name": "b", "type": "STRING"}]`;

  for (const [same, text] of [
    ["an alias", base.replace("INTEGER", "INT64")],
    [
      "a description",
      base.replace(`"INTEGER"`, `"INTEGER", "description": "x"`),
    ],
    [
      "a mode that is the default",
      base.replace(`"INTEGER"`, `"INTEGER", "mode": "NULLABLE"`),
    ],
  ] as const) {
    it(`stays the same with ${same}`, () => {
      expect(hash(text))
        .to.equal(hash(base))
        .and.match(/^sha256:[0-9a-f]{64}$/);
    });
  }

  for (const [other, text] of [
    ["type", base.replace("INTEGER", "FLOAT")],
    ["mode", base.replace(`"INTEGER"`, `"INTEGER", "mode": "REQUIRED"`)],
    ["name", base.replace(`"a"`, `"c"`)],
  ] as const) {
    it(`changes with a column's ${other}`, () => {
      expect(hash(text)).not.to.equal(hash(base));
    });
  }
});
