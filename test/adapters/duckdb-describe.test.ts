import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { columnDefinition } from "../../src/adapters/duckdb-describe.js";
import type { TableField } from "../../src/schema/table-field.js";
import { queryDuckDb } from "../contract/query-duckdb.js";

const tags: TableField = {
  name: "tags",
  type: "STRING",
  mode: "REPEATED",
  fields: [],
};

describe("columnDefinition", () => {
  it("leaves a log that can be replayed after a kill, where a column is repeated", async () => {
    const directory = await mkdtemp(join(tmpdir(), "sluice-describe-"));
    const file = join(directory, "w.duckdb");
    const script = `
      import { DuckDBInstance } from "@duckdb/node-api";
      const connection = await (await DuckDBInstance.create(process.argv[1])).connect();
      await connection.run(process.argv[2]);
      await connection.run("COMMENT ON COLUMN t.tags IS 'x'");
      await connection.run("INSERT INTO t (id) VALUES (1)");
      process.kill(process.pid, "SIGKILL");`;
    const create = `CREATE TABLE t (id BIGINT, ${columnDefinition(tags)})`;
    const child = spawnSync(process.execPath, [
      ...["--input-type=module", "-e", script, file, create],
    ]);
    expect(child.signal).to.equal("SIGKILL");
    const rows = await queryDuckDb(
      file,
      "SELECT CAST(len(tags) AS INTEGER) AS n FROM t",
    );
    expect(rows).to.deep.equal([{ n: 0 }]);
    await rm(directory, { recursive: true });
  });
});
