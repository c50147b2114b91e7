import { DuckDbWarehouse } from "../../src/adapters/duckdb-warehouse.js";

const [file = ""] = process.argv.slice(2);
const warehouse = new DuckDbWarehouse(file, { lockWaitMs: 300 });
try {
  await warehouse.describeTable("purchase");
  process.send?.("opened");
} catch (error) {
  process.send?.(String(error));
}
process.disconnect();
