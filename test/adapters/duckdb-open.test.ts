import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { toOpenError } from "../../src/adapters/duckdb-open-error.js";
import { DuckDbWarehouse } from "../../src/adapters/duckdb-warehouse.js";
import { AccessError, NotOpenedError } from "../../src/errors.js";
import { catchError } from "../contract/warehouse.js";

describe("opening a DuckDB file", function () {
  this.timeout(60_000);
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "sluice-open-"));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const inPlaces: readonly [
    what: string,
    make: (path: string) => Promise<unknown>,
    says: string,
  ][] = [
    [
      "is no database",
      (path) => writeFile(path, "text"),
      "w.duckdb is no DuckDB file: name another file",
    ],
    [
      "is a folder",
      (path) => mkdir(path),
      "w.duckdb is a folder, and must be a file",
    ],
  ];
  for (const [what, make, says] of inPlaces) {
    it(`is refused for good where it ${what}`, async () => {
      const file = join(directory, "w.duckdb");
      await make(file);
      const warehouse = new DuckDbWarehouse(file);
      const error = await catchError(() => warehouse.createTemp("t", []));
      expect(error).to.be.instanceOf(AccessError);
      expect(error).to.include({ retryable: false });
      expect((error as Error).message).to.include(says);
      expect((error as Error).message).not.to.include("IO Error");
    });
  }

  it("is refused for good where its folder can't be made", async () => {
    await writeFile(join(directory, "file"), "");
    const warehouse = new DuckDbWarehouse(join(directory, "file/w.duckdb"));
    const error = await catchError(() => warehouse.createTemp("t", []));
    expect(error).to.be.instanceOf(AccessError);
  });

  it("is refused for good where there is no permission (DuckDB's words)", () => {
    const error = toOpenError(
      new Error('IO Error: Cannot open file "w.duckdb": Permission denied'),
      "w.duckdb",
      0,
    );
    expect(error).to.be.instanceOf(AccessError);
    expect(error.message).to.equal(
      "w.duckdb may not be opened: grant this user to read and write the file and its folder",
    );
  });

  it("may be tried again after anything else", () => {
    const error = toOpenError(new Error("IO Error: strange"), "w.duckdb", 0);
    expect(error).to.be.instanceOf(NotOpenedError);
    expect(error).to.include({ retryable: true });
    expect(error.message).to.equal(
      "w.duckdb can't be opened: IO Error: strange",
    );
  });

  it("tells once who has it open, while it waits", async () => {
    const file = join(directory, "w.duckdb");
    const child = fork(
      fileURLToPath(new URL("hold-duckdb-child.ts", import.meta.url)),
      [file],
      { execArgv: ["--import", "tsx"] },
    );
    const exit = once(child, "exit");
    await once(child, "message");
    try {
      await waitFor(child.pid ?? 0, file);
    } finally {
      child.disconnect();
      await exit;
    }
  });

  async function waitFor(holder: number, file: string): Promise<void> {
    const told: string[] = [];
    const tell = (words: string) => told.push(words);
    const wait = { lockWaitMs: 1_000, tell };
    const patient = new DuckDbWarehouse(file, { ...wait, tellAfterMs: 0 });
    const error = await catchError(() => patient.describeTable("t"));
    expect(error).to.be.instanceOf(NotOpenedError);
    expect(told).to.deep.equal([
      `${file} is held open by the process ${holder}; waiting for it, up to 1 s`,
    ]);
    const quiet = new DuckDbWarehouse(file, {
      ...wait,
      tellAfterMs: 60_000,
    });
    await catchError(() => quiet.describeTable("t"));
    expect(told).to.have.length(1);
  }
});
