import { DuckDbWarehouse } from "../../src/adapters/duckdb-warehouse.js";

const [file = ""] = process.argv.slice(2);
const warehouse = new DuckDbWarehouse(file);
await warehouse.createTemp("held", []).catch(() => undefined);
process.send?.("held");
process.once("disconnect", () => {
  void warehouse.close();
});
