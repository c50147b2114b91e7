import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { DuckDbWarehouse } from "../../src/adapters/duckdb-warehouse.js";
import { FileObjectStore } from "../../src/adapters/file-object-store.js";
import type { LogType } from "../../src/catalog/catalog.js";
import { loadHour } from "../../src/load/load-hour.js";
import type { OriginTable } from "../../src/ports/warehouse.js";
import { hour, logType, scalar, stageHour } from "./stage-hour.js";

/** Notes what it is asked to make, and finds what a BigQuery table of another layout would. */
class NotingWarehouse extends DuckDbWarehouse {
  readonly asked: OriginTable[] = [];

  override async ensureTable(table: OriginTable): Promise<readonly string[]> {
    this.asked.push(table);
    await super.ensureTable(table);
    return ["the table is not partitioned"];
  }
}

describe("the layout of a type's table", () => {
  let directory: string;
  let warehouse: NotingWarehouse;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "sluice-layout-"));
    warehouse = new NotingWarehouse(join(directory, "w.duckdb"));
  });
  afterEach(async () => {
    await warehouse.close();
    await rm(directory, { recursive: true });
  });

  async function load(type: LogType): Promise<{ warned: string[] }> {
    const stage = new FileObjectStore(join(directory, "stage"));
    const warned: string[] = [];
    await stageHour(stage, 1, [{ name: type.name, files: [['{"id":1}']] }]);
    await loadHour(
      { type, hour, fields: [scalar("id", "INTEGER")], timezone: "UTC" },
      {
        stage,
        warehouse,
        clock: () => new Date("2026-11-21T04:30:00Z"),
        log: { warn: (_, message) => warned.push(message) },
      },
    );
    return { warned };
  }

  it("reaches the warehouse as the catalog says it", async () => {
    await load({
      ...logType("purchase"),
      partitionBy: "hour",
      clusterBy: ["id"],
      expirationDays: 400,
      requirePartitionFilter: true,
      labels: { team: "data" },
    });

    expect(warehouse.asked).to.have.length(1);
    expect(warehouse.asked[0]).to.deep.include({
      table: "purchase",
      partitionBy: "hour",
      clusterBy: ["id"],
      expirationDays: 400,
      requirePartitionFilter: true,
      labels: { team: "data" },
    });
  });

  it("names no expiry where the catalog has none", async () => {
    await load(logType("purchase"));

    expect(warehouse.asked[0]).not.to.have.property("expirationDays");
  });

  it("that a standing table has is told as a warning, and loaded into", async () => {
    const { warned } = await load(logType("purchase"));

    expect(warned).to.deep.equal(["the table is not partitioned"]);
  });
});
