import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { DuckDbWarehouse } from "../../src/adapters/duckdb-warehouse.js";
import { FileObjectStore } from "../../src/adapters/file-object-store.js";
import { AccessError } from "../../src/errors.js";
import { queryDuckDb } from "../contract/query-duckdb.js";
import { catchError } from "../contract/warehouse.js";
import { scalar, stageHour } from "./stage-hour.js";

const script = fileURLToPath(new URL("load-child.ts", import.meta.url));
const rowsPerFile = 8_000;
const kills = 20;

describe("loads in several processes", function () {
  this.timeout(600_000);
  let directory: string;
  let stageDirectory: string;
  let file: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "sluice-killed-"));
    stageDirectory = join(directory, "stage");
    file = join(directory, "w.duckdb");
    const files = [0, 1].map((part) =>
      Array.from({ length: rowsPerFile }, (_, row) =>
        JSON.stringify({ id: part * rowsPerFile + row, name: `n${row}` }),
      ),
    );
    await stageHour(new FileObjectStore(stageDirectory), 1, [
      { name: "purchase", files },
    ]);
  });
  after(() => rm(directory, { recursive: true }));

  function startLoad(): ChildProcess {
    return fork(script, [stageDirectory, file], {
      execArgv: ["--import", "tsx"],
      stdio: ["ignore", "pipe", "inherit", "ipc"],
    });
  }

  async function load(): Promise<number | null> {
    const child = startLoad();
    const [code] = (await once(child, "exit")) as [number | null];
    return code;
  }

  function summary(): Promise<unknown> {
    return queryDuckDb(
      file,
      "SELECT count(*) n, count(DISTINCT id) ids, sum(hash(id, name)) sum FROM purchase",
    );
  }

  async function temps(): Promise<unknown[]> {
    return queryDuckDb(
      file,
      "SELECT table_name FROM duckdb_tables() WHERE table_name LIKE '%TEMP%'",
    );
  }

  it("leave the same table as an undisturbed one, killed at any moment and run again", async () => {
    const undisturbedStart = performance.now();
    expect(await load()).to.equal(0);
    const loadMs = performance.now() - undisturbedStart;
    const undisturbed = await summary();
    let killed = 0;
    for (let kill = 0; kill < kills; kill += 1) {
      const child = startLoad();
      const exited = once(child, "exit") as Promise<
        [number | null, string | null]
      >;
      if (child.stdout !== null) await once(child.stdout, "data");
      await sleep((Math.random() * loadMs) / 2);
      child.kill("SIGKILL");
      const [, signal] = await exited;
      if (signal === "SIGKILL") killed += 1;
      expect(await summary(), `after kill ${kill}`).to.deep.equal(undisturbed);
    }
    expect(killed).to.be.greaterThan(0);
    expect(await load()).to.equal(0);
    expect(await summary()).to.deep.equal(undisturbed);
    expect(await temps()).to.deep.equal([]);
  });

  it("leave the same table when they run at once", async () => {
    await load();
    const one = await summary();
    expect(await Promise.all([load(), load()])).to.deep.equal([0, 0]);
    expect(await summary()).to.deep.equal(one);
  });

  it("drop the TEMP tables that others left when they open the file", async () => {
    const orphaned = new DuckDbWarehouse(file);
    await orphaned.createTemp("left_TEMP_1", [scalar("id", "INTEGER")]);
    expect(await temps()).to.have.length(1);
    await orphaned.close();
    expect(await temps()).to.deep.equal([]);
  });

  it("are told who holds the file, when it does not come free in time", async () => {
    const holder = new DuckDbWarehouse(file);
    await holder.describeTable("purchase");
    const child = fork(
      fileURLToPath(new URL("wait-child.ts", import.meta.url)),
      [file],
      {
        execArgv: ["--import", "tsx"],
        stdio: ["ignore", "ignore", "inherit", "ipc"],
      },
    );
    const [message] = (await once(child, "message")) as [string];
    await once(child, "exit");
    await holder.close();
    expect(message).to.match(/NotOpenedError.*held open by the process \d+/s);
    expect(message).to.include(String(process.pid));
  });

  it("say what is wrong with a file that is no database", async () => {
    const error = await catchError(() =>
      new DuckDbWarehouse(script).ensureTable({
        table: "x",
        fields: [],
        partitionBy: "day",
      }),
    );
    expect(error).to.be.instanceOf(AccessError);
    expect((error as Error).message).to.include(
      "load-child.ts is no DuckDB file: name another file",
    );
  });
});
