import { createRequire } from "node:module";
import { expect } from "chai";
import { schemaCheck } from "../../jobs/schema-check.js";
import { schemaInfer } from "../../jobs/schema-infer.js";
import { BigQueryWarehouse } from "../../src/adapters/bigquery-warehouse.js";
import { parseTableSchema } from "../../src/schema/read-table-schema.js";
import { createBigQueryDataset } from "../contract/bigquery-dataset.js";
import { describeWithServers } from "../servers/shared-servers.js";

const kinds = createRequire(import.meta.url)(
  "@octokit/webhooks-examples",
) as readonly {
  readonly name: string;
  readonly examples: readonly Readonly<Record<string, unknown>>[];
}[];

describeWithServers(
  "GitHub's webhook payloads and BigQuery's stand-in",
  function (servers) {
    // A load takes the stand-in seconds where other suites keep the machine busy.
    this.timeout(1_800_000);

    it("fit the schema that was inferred from them, and load whole", async () => {
      const { endpoint, project } = await servers.bigQuery();
      const dataset = await createBigQueryDataset({ endpoint, project });
      const warehouse = new BigQueryWarehouse({
        project,
        dataset: dataset.name,
        location: undefined,
        endpoint,
        retryDelayMs: 20,
      });
      for (const { name, examples } of kinds) {
        const lines = examples.map((example, id) =>
          JSON.stringify({ ...example, sluice_id: id }),
        );
        const bytes = Buffer.from(`${lines.join("\n")}\n`);
        async function* body(): AsyncGenerator<Uint8Array> {
          yield await Promise.resolve(bytes);
        }
        const open = () => Promise.resolve(body());
        const { schema } = await schemaInfer(
          { quoted: "string" },
          { samples: [{ name, open }] },
        );
        const fields = parseTableSchema(schema, `${name}.json`);
        const check = await schemaCheck(
          { schemaFile: `${name}.json`, fields, type: null },
          { samples: [{ name, open }] },
        );
        expect(check, name).to.include({ rows: lines.length, misfit_rows: 0 });
        await warehouse.createTemp(`kind_${name}`, fields);
        const loaded = await warehouse.loadTemp({
          temp: `kind_${name}`,
          logType: name,
          folderHour: "2026-11-21T03",
          run: "run",
          fields,
          sources: [
            {
              key: `${name}/a.ndjson`,
              uri: `memory:${name}/a.ndjson`,
              rows: lines.length,
              sizeBytes: bytes.length,
              open,
            },
          ],
          jobId: `load_${name}`,
          timeFormats: new Map(),
        });
        expect(loaded, name).to.equal(lines.length);
      }
      const counts = kinds.map(
        ({ name }) =>
          `SELECT '${name}' AS kind, COUNT(DISTINCT sluice_id) AS found FROM \`kind_${name}\``,
      );
      const found = await dataset.query(counts.join(" UNION ALL "));
      expect(
        Object.fromEntries(found.map((row) => [row["kind"], row["found"]])),
      ).to.deep.equal(
        Object.fromEntries(
          kinds.map(({ name, examples }) => [name, String(examples.length)]),
        ),
      );
    });
  },
);
