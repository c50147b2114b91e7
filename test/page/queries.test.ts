import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { BigQueryWarehouse } from "../../src/adapters/bigquery-warehouse.js";
import { DuckDbWarehouse } from "../../src/adapters/duckdb-warehouse.js";
import type { Warehouse } from "../../src/ports/warehouse.js";
import { createBigQueryDataset } from "../contract/bigquery-dataset.js";
import { queryDuckDb } from "../contract/query-duckdb.js";
import { describeWithServers } from "../servers/shared-servers.js";
import { loadHourOf } from "./load-hour-of.js";

type Query = (sql: string) => Promise<readonly Record<string, unknown>[]>;

/** The statements of one warehouse, as docs/queries.md has them. */
function readStatements(warehouse: "BigQuery" | "DuckDB"): string[] {
  const text = readFileSync("docs/queries.md", "utf8");
  const section = text
    .split("\n## ")
    .find((part) => part.startsWith(warehouse));
  const sql = /```sql\n(.*?)```/s.exec(section ?? "")?.[1] ?? "";
  return sql.split(";").filter((statement) => statement.trim() !== "");
}

async function loadSomeHours(warehouse: Warehouse): Promise<void> {
  await loadHourOf(warehouse, "pay", "2026-11-20T23", 7);
  await loadHourOf(warehouse, "pay", "2026-11-21T00", 5);
  await loadHourOf(warehouse, "pay", "2026-11-21T00", 6, 2);
  await loadHourOf(warehouse, "view", "2026-11-21T00", 0, 2);
}

async function checkViews(query: Query): Promise<void> {
  const hours = await query(
    "SELECT log_type, rows_loaded, load_seconds, ready_minutes FROM sluice_type_hours ORDER BY log_type, folder_hour",
  );
  expect(hours.map((row) => Object.values(row).map(String))).to.deep.equal([
    ["pay", "7", "3", "10.05"],
    ["pay", "6", "3", "10.05"],
    ["view", "0", "3", "10.05"],
  ]);
  const counts = await query(
    "SELECT lines, set_aside_share, not_json, no_type, too_long FROM sluice_hours ORDER BY folder_hour",
  );
  expect(counts.map((row) => Object.values(row).map(String))).to.deep.equal([
    ["110", "0.05", "4", "1", "0"],
    ["110", "0.05", "4", "1", "0"],
  ]);
  const fresh = await query(
    "SELECT log_type, hours_old > 0 AS old FROM sluice_freshness",
  );
  expect(fresh.map((row) => row["log_type"])).to.deep.equal(["pay"]);
  const perDay = await query(
    "SELECT log_type, CAST(day AS STRING) AS d, rows_loaded, hours_loaded FROM sluice_days ORDER BY log_type, day",
  );
  expect(perDay.map((row) => Object.values(row).map(String))).to.deep.equal([
    ["pay", "2026-11-20", "7", "1"],
    ["pay", "2026-11-21", "6", "1"],
    ["view", "2026-11-21", "0", "1"],
  ]);
}

describe("the queries of docs/queries.md", () => {
  it("run on DuckDB", async () => {
    const directory = mkdtempSync(join(tmpdir(), "sluice-queries-"));
    const file = join(directory, "w.duckdb");
    const warehouse = new DuckDbWarehouse(file);
    try {
      await loadSomeHours(warehouse);
      const query: Query = (sql) => queryDuckDb(file, sql);
      for (const statement of readStatements("DuckDB")) await query(statement);
      await checkViews(query);
    } finally {
      await warehouse.close();
      rmSync(directory, { recursive: true });
    }
  }).timeout(60_000);
});

describeWithServers(
  "the queries of docs/queries.md on BigQuery's stand-in",
  function (servers) {
    this.timeout(180_000);

    it("run on it", async () => {
      const server = await servers.bigQuery();
      const dataset = await createBigQueryDataset(server);
      const warehouse = new BigQueryWarehouse({
        project: server.project,
        dataset: dataset.name,
        location: undefined,
        endpoint: server.endpoint,
        retryDelayMs: 20,
      });
      await loadSomeHours(warehouse);
      await warehouse.close();
      for (const statement of readStatements("BigQuery"))
        await dataset.query(statement.replaceAll("logs.", `${dataset.name}.`));
      await checkViews((sql) => dataset.query(sql));
    });
  },
);
