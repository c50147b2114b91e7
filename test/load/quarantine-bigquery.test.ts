import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { BigQueryWarehouse } from "../../src/adapters/bigquery-warehouse.js";
import { GcsObjectStore } from "../../src/adapters/gcs-object-store.js";
import { MisfitError } from "../../src/errors.js";
import { loadHour } from "../../src/load/load-hour.js";
import { createBigQueryDataset } from "../contract/bigquery-dataset.js";
import { catchError } from "../contract/warehouse.js";
import { describeWithServers } from "../servers/shared-servers.js";
import { hour, logType, scalar, stageHour } from "./stage-hour.js";

const fields = [scalar("id", "INTEGER"), scalar("at", "STRING")];
const good = ['{"id":1}', '{"id":2,"at":"2026-11-21T03:00:00Z"}', '{"id":3}'];
const bad = ['{"id":"x"}', '{"id":4,"new":1}', '{"id":5,"at":"yesterday"}'];

describeWithServers(
  "rows that BigQuery refuses, set aside",
  function (servers) {
    this.timeout(900_000);

    for (const gzip of [false, true]) {
      it(`leave a table of the others, which BigQuery does not read from gs:// itself then, ${gzip ? "gzip" : "plain"}`, async () => {
        const gcs = await servers.gcs();
        const bigQuery = await servers.bigQuery();
        const bucket = `quarantine-${randomBytes(6).toString("hex")}`;
        await mkdir(join(gcs.directory, bucket));
        const dataset = await createBigQueryDataset(bigQuery);
        const stage = new GcsObjectStore({
          bucket,
          prefix: "stage",
          endpoint: gcs.endpoint,
        });
        const warehouse = new BigQueryWarehouse({
          project: bigQuery.project,
          dataset: dataset.name,
          location: undefined,
          endpoint: bigQuery.endpoint,
        });
        const type = {
          ...logType("purchase", { at: { from: "iso8601", to: "timestamp" } }),
          onBadRow: "quarantine" as const,
          maxBad: 0.5,
        };
        const load = (maxBad: number) =>
          loadHour(
            { type: { ...type, maxBad }, hour, fields, timezone: "UTC" },
            {
              stage,
              warehouse,
              clock: () => new Date("2026-11-21T04:30:00Z"),
              log: { warn: () => undefined },
            },
          );
        const [first = "", ...rest] = good;
        const files = [
          [first, ...bad.slice(0, 2)],
          [...rest, ...bad.slice(2)],
        ];
        await stageHour(stage, 1, [{ name: "purchase", files, gzip }]);

        const error = await catchError(() => load(0.49));
        expect(error).to.be.instanceOf(MisfitError);
        expect(await dataset.tableNames()).not.to.include("purchase");

        const result = await load(0.5);
        expect(result).to.include({ rows_loaded: 3, rows_set_aside: 3 });
        const rows = await dataset.query("SELECT id FROM purchase ORDER BY id");
        expect(rows.map(({ id }) => id)).to.deep.equal(["1", "2", "3"]);
        const [ledger] = await warehouse.readLedger(hour, hour);
        expect(ledger).to.include({ rowsLoaded: 3, rowsSetAside: 3 });
        const key = `_quarantine/purchase/2026/11/21/03/${ledger?.jobId ?? ""}.ndjson`;
        const chunks: Uint8Array[] = [];
        for await (const chunk of (await stage.get(key))?.body ?? [])
          chunks.push(Buffer.from(chunk));
        const texts = Buffer.concat(chunks).toString().trimEnd().split("\n");
        expect(
          texts.map((text) => (JSON.parse(text) as { row: string }).row),
        ).to.deep.equal(bad);
        await warehouse.close();
      });
    }
  },
);
