import { randomBytes } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { schemaCheck } from "../../jobs/schema-check.js";
import { schemaInfer } from "../../jobs/schema-infer.js";
import { BigQueryWarehouse } from "../../src/adapters/bigquery-warehouse.js";
import { parseTableSchema } from "../../src/schema/read-table-schema.js";
import { createBigQueryDataset } from "../contract/bigquery-dataset.js";
import { describeWithServers } from "../servers/shared-servers.js";
import { everydayRow } from "./everyday-rows.js";

const seed = Number(process.env["SLUICE_TEST_SEED"] ?? Date.now() % 1e9);

describeWithServers("rows that went into a schema", function (servers) {
  // Each load takes the stand-in seconds where other suites keep the machine busy.
  this.timeout(600_000);

  it(`fit it, and load into BigQuery's stand-in (SLUICE_TEST_SEED=${seed})`, async () => {
    const { endpoint, project } = await servers.bigQuery();
    const dataset = await createBigQueryDataset({ endpoint, project });
    const warehouse = new BigQueryWarehouse({
      project,
      dataset: dataset.name,
      location: undefined,
      endpoint,
      retryDelayMs: 20,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(everydayRow, { minLength: 1, maxLength: 6 }),
        fc.constantFrom("string" as const, "infer" as const),
        fc.boolean(),
        async (lines, quoted, required) => {
          fc.pre(lines.some((line) => line !== "{}"));
          const bytes = Buffer.from(`${lines.join("\n")}\n`);
          async function* body(): AsyncGenerator<Uint8Array> {
            yield await Promise.resolve(bytes);
          }
          const open = () => Promise.resolve(body());
          const samples = [{ name: "rows", open }];
          const { schema } = await schemaInfer(
            { quoted, required },
            { samples },
          );
          const fields = parseTableSchema(schema, "x.json");
          const check = await schemaCheck(
            { schemaFile: "x.json", fields, type: null },
            { samples },
          );
          expect(check).to.include({ rows: lines.length, misfit_rows: 0 });
          const temp = `t_${randomBytes(6).toString("hex")}`;
          await warehouse.createTemp(temp, fields);
          const loaded = await warehouse.loadTemp({
            temp,
            logType: "t",
            folderHour: "2026-11-21T03",
            run: "run",
            fields,
            sources: [
              {
                key: "t/a.ndjson",
                uri: "memory:t/a.ndjson",
                rows: lines.length,
                sizeBytes: bytes.length,
                open,
              },
            ],
            jobId: temp,
            timeFormats: new Map(),
          });
          expect(loaded).to.equal(lines.length);
        },
      ),
      { numRuns: 12, seed, endOnFailure: true },
    );
  });
});
