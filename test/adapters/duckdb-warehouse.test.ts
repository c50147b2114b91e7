import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quoteTable } from "../../src/adapters/duckdb-identifier.js";
import { DuckDbWarehouse } from "../../src/adapters/duckdb-warehouse.js";
import { queryDuckDb } from "../contract/query-duckdb.js";
import { testWarehouse, type WarehouseFixture } from "../contract/warehouse.js";

testWarehouse("a DuckDB file", async (): Promise<WarehouseFixture> => {
  const directory = await mkdtemp(join(tmpdir(), "sluice-duckdb-"));
  const file = join(directory, "w.duckdb");
  return {
    warehouse: new DuckDbWarehouse(file),
    readRows: (table) =>
      queryDuckDb(file, `SELECT * FROM ${quoteTable(table)} ORDER BY ALL`),
    async tableNames() {
      const rows = await queryDuckDb(
        file,
        "SELECT table_name FROM duckdb_tables()",
      );
      return rows.map((row) => row["table_name"]);
    },
    dispose: () => rm(directory, { recursive: true }),
  };
});
