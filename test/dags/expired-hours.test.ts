import { expect } from "chai";
import { backfill } from "../../jobs/backfill.js";
import { parseFolderHour } from "../../src/folder-hour.js";
import { buildCatalog, buildType } from "./build-catalog.js";

describe("a backfill of hours that BigQuery deletes at once", () => {
  const catalog = buildCatalog(
    [
      buildType("hourly", { partitionBy: "hour", expirationDays: 10 }),
      buildType("daily", { expirationDays: 10 }),
      buildType("single", { partitionBy: "hour", expirationDays: 12 }),
      buildType("kept"),
      buildType("long", { expirationDays: 400 }),
    ],
    { warehouse: "bigquery://acme/logs" },
  );
  const now = new Date("2026-11-21T05:00:00Z");
  const options = {
    catalog,
    from: parseFolderHour("2026-11-09T05"),
    to: parseFolderHour("2026-11-20T00"),
    now,
  };

  it("names the hours of each type, in words and in its notes, and leaves none out", async () => {
    const plan = await backfill(options);
    expect(plan.notes).to.deep.equal([
      "load_daily: BigQuery deletes 2026-11-09T05 to 2026-11-11T23 as soon as they are loaded, unless the table keeps its partitions longer than the type's expiration_days, 10.",
      "load_hourly: BigQuery deletes 2026-11-09T05 to 2026-11-11T05 as soon as they are loaded, unless the table keeps its partitions longer than the type's expiration_days, 10.",
      "load_single: BigQuery deletes 2026-11-09T05 as soon as it is loaded, unless the table keeps its partitions longer than the type's expiration_days, 12.",
    ]);
    for (const note of plan.notes) expect(plan.lines).to.include(`# ${note}`);
    expect(new Set(plan.steps.map(({ runs }) => runs))).to.deep.equal(
      new Set([plan.hours]),
    );
  });

  it("names those of the chosen types alone, and none where all are kept", async () => {
    const single = await backfill({ ...options, types: ["kept", "single"] });
    expect(single.notes).to.have.length(1);
    const from = parseFolderHour("2026-11-12T00");
    expect((await backfill({ ...options, from })).notes).to.deep.equal([]);
  });

  it("names none where another warehouse keeps them", async () => {
    const elsewhere = { ...catalog, warehouse: "duckdb:warehouse.duckdb" };
    const { notes } = await backfill({ ...options, catalog: elsewhere });
    expect(notes).to.deep.equal([]);
  });
});
