import { DuckDbWarehouse } from "../../src/adapters/duckdb-warehouse.js";
import { FileObjectStore } from "../../src/adapters/file-object-store.js";
import { loadHour } from "../../src/load/load-hour.js";
import { hour, logType, scalar } from "./stage-hour.js";

const [stageDirectory, file] = process.argv.slice(2);
if (stageDirectory === undefined || file === undefined) {
  throw new Error("expected the stage's folder and the DuckDB file");
}
const warehouse = new DuckDbWarehouse(file);
process.stdout.write("start\n");
await loadHour(
  {
    type: logType("purchase"),
    hour,
    fields: [scalar("id", "INTEGER"), scalar("name", "STRING")],
    timezone: "UTC",
  },
  {
    stage: new FileObjectStore(stageDirectory),
    warehouse,
    clock: () => new Date(),
    log: { warn: () => undefined },
  },
);
await warehouse.close();
