import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { schemaApply } from "../../jobs/schema-apply.js";
import { schemaCheck } from "../../jobs/schema-check.js";
import { schemaExtract } from "../../jobs/schema-extract.js";
import { schemaInfer } from "../../jobs/schema-infer.js";
import { DuckDbWarehouse } from "../../src/adapters/duckdb-warehouse.js";
import { FileObjectStore } from "../../src/adapters/file-object-store.js";
import { openStagedType } from "../../src/add/staged-type.js";
import { shapeOrigin } from "../../src/catalog/origin-shape.js";
import { formatSchema } from "../../src/schema/format-schema.js";
import { parseTableSchema } from "../../src/schema/read-table-schema.js";
import type { TableField } from "../../src/schema/table-field.js";
import { rejection } from "../add/rejection.js";
import { hour, logType, scalar, stageHour } from "../load/stage-hour.js";
import { jsonRow } from "./json-rows.js";

async function* toBody(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}

describe("the schema commands' jobs", function () {
  this.timeout(120_000);
  let directory: string;
  let warehouse: DuckDbWarehouse;
  let stage: FileObjectStore;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "sluice-schema-"));
    warehouse = new DuckDbWarehouse(join(directory, "w.duckdb"));
    stage = new FileObjectStore(join(directory, "stage"));
  });
  afterEach(async () => {
    await warehouse.close();
    await rm(directory, { recursive: true });
  });

  const type = logType("visit", {
    at: { from: "epoch_millis", to: "timestamp" },
    body: { wrap: "string" },
  });
  const pinned = [
    scalar("kind", "STRING", "REQUIRED"),
    scalar("at", "INTEGER"),
    scalar("body", "STRING"),
  ];

  async function ensure(fields: readonly TableField[]): Promise<void> {
    const shape = shapeOrigin(type, fields, "UTC");
    await warehouse.ensureTable({
      table: "visit",
      fields: shape.fields,
      partitionBy: "day",
    });
  }

  it("make rows' schema by which DuckDB loads every one of them", async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(jsonRow, { minLength: 1, maxLength: 6 }),
        async (lines) => {
          fc.pre(lines.some((line) => line !== "{}"));
          const text = lines.join("\n");
          const open = () => Promise.resolve(toBody(text));
          const { schema } = await schemaInfer(
            { quoted: "string", required: true },
            { samples: [{ name: "rows", open }] },
          );
          const fields = parseTableSchema(schema, "x.json");
          const temp = `t_${(run += 1)}`;
          await warehouse.createTemp(temp, fields);
          const loaded = await warehouse.loadTemp({
            temp,
            logType: "t",
            folderHour: hour,
            run: "r",
            fields,
            sources: [
              {
                key: "k",
                uri: "u",
                rows: lines.length,
                sizeBytes: text.length,
                open,
              },
            ],
            jobId: temp,
            timeFormats: new Map(),
          });
          expect(loaded).to.equal(lines.length);
          await warehouse.dropTable(temp);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("extract the schema file that a table was made from", async () => {
    await ensure(pinned);
    const { schema, notes } = await schemaExtract(
      { table: "visit", rules: type.columns, pinned },
      { warehouse },
    );
    expect(schema).to.equal(formatSchema(pinned));
    expect(notes).to.have.length(1);
  });

  it("say that there is no table yet", async () => {
    const error = await rejection(
      schemaExtract(
        { table: "visit", rules: new Map(), pinned: null },
        { warehouse },
      ),
    );
    expect(error.message).to.include("has no table visit");
    const result = await schemaApply(
      { table: "visit", fields: pinned },
      { warehouse },
    );
    expect(result).to.deep.equal({ table: "visit", exists: false, added: [] });
  });

  it("add new columns to a table, and nothing beside anything else", async () => {
    await ensure(pinned);
    const list = scalar("tags", "STRING", "REPEATED");
    const grown = [...pinned, scalar("agent", "STRING"), list];
    const { fields } = shapeOrigin(type, grown, "UTC");
    const changed = fields.map((field) =>
      field.name === "body" ? { ...field, type: "INTEGER" as const } : field,
    );
    const error = await rejection(
      schemaApply({ table: "visit", fields: changed }, { warehouse }),
    );
    expect(error.exitCode).to.equal(3);
    expect(error.message).to.include(
      "body: STRING NULLABLE, now INTEGER NULLABLE\n    a column beside it",
    );
    expect(await warehouse.describeTable("visit")).to.have.length(4);

    const result = await schemaApply({ table: "visit", fields }, { warehouse });
    expect(result.added).to.deep.equal(["agent", "tags"]);
    expect(await warehouse.describeTable("visit")).to.deep.equal(fields);
    const again = await schemaApply({ table: "visit", fields }, { warehouse });
    expect(again.added).to.deep.equal([]);
  });

  it("check an hour's rows, those of all its files, with the times that the catalog reads", async () => {
    await stageHour(stage, 1, [
      {
        name: "visit",
        gzip: true,
        files: [
          ['{"kind":"visit","at":1,"body":"{}"}'],
          [
            '{"kind":"visit","at":253402300800000}',
            '{"kind":"visit","at":2,"body":[1]}',
          ],
        ],
      },
    ]);
    const { samples, rows } = await openStagedType(stage, "visit", hour);
    const result = await schemaCheck(
      {
        schemaFile: "visit.json",
        fields: pinned,
        type: {
          name: "visit",
          typeKey: ["kind"],
          wrapped: type.wrapped,
          timeFormats: shapeOrigin(type, pinned, "UTC").timeFormats,
        },
      },
      { samples },
    );
    expect([rows, result.rows, result.misfit_rows]).to.deep.equal([3, 3, 1]);
    expect(result.misfits[0]).to.deep.include({
      column: "at",
      expected: "epoch_millis",
      mend: "the unit is another one: look at from of at in the catalog",
    });
    expect(result.misfits[0]?.first[0]).to.include({
      source: samples[1]?.name,
      line: 1,
      value: "253402300800000",
    });
  });

  it("refuse an hour that is not classified, and one without the type", async () => {
    const missing = await rejection(openStagedType(stage, "visit", hour));
    expect(missing.exitCode).to.equal(4);
    await stageHour(stage, 1, [{ name: "visit", files: [] }]);
    const empty = await rejection(openStagedType(stage, "visit", hour));
    expect(empty.message).to.include("name an hour that has some");
    const other = await rejection(openStagedType(stage, "visits", hour));
    expect(other.message).to.include("did you mean visit?");
  });
});
