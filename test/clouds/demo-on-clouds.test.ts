import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { describeWithServers } from "../servers/shared-servers.js";
import { expectSame, readTables } from "./compare-tables.js";
import { duckDbPlace, openClouds, type Clouds } from "./make-places.js";
import { requireSluice } from "./run-sluice.js";

describeWithServers("the demo on the clouds", function (servers) {
  this.timeout(900_000);
  let clouds: Clouds;
  let root: string;
  beforeEach(async () => {
    clouds = await openClouds(servers);
    root = await mkdtemp(join(tmpdir(), "sluice-demo-"));
  });
  afterEach(async () => {
    await clouds.close();
    await rm(root, { recursive: true, force: true });
  });

  it("plays the whole demo on S3, Cloud Storage and BigQuery as on folders and DuckDB", async () => {
    const local = duckDbPlace(join(root, "demo", "warehouse.duckdb"));
    const words = ["demo", "--rows", "600", "--dir", join(root, "demo")];
    await requireSluice(words);
    const tables = await clouds.bigQuery();
    await requireSluice(
      [
        ...words.slice(0, -1),
        join(root, "demo-clouds"),
        ...["--source", clouds.s3(), "--stage", clouds.gs()],
        ...["--warehouse", tables.url],
      ],
      clouds.variables,
    );
    const names = (await local.tableNames()).filter(
      (name) => !name.startsWith("_sluice"),
    );
    expect(names.length).to.be.greaterThan(25);
    expect(
      (await tables.tableNames()).filter((name) => !name.startsWith("_sluice")),
    ).to.have.members(names);
    expectSame(
      await readTables(tables, names),
      await readTables(local, names),
      tables.url,
    );
  });
});
