import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { FileObjectStore } from "../../src/adapters/file-object-store.js";
import type { LogType } from "../../src/catalog/catalog.js";
import { loadHour } from "../../src/load/load-hour.js";
import { bigqueryDialect } from "../../src/adapters/bigquery-dialect.js";
import type { Warehouse } from "../../src/ports/warehouse.js";
import { hour, logType, scalar, stageHour } from "./stage-hour.js";

/** Takes one row of everything, and keeps nothing. A fake: no table is behind it. */
function fakeWarehouse(url: string, words: readonly string[]): Warehouse {
  return {
    url,
    dialect: bigqueryDialect,
    describeTable: () => Promise.resolve(null),
    ensureTable: () => Promise.resolve([]),
    addColumns: () => Promise.resolve(),
    createTemp: () => Promise.resolve(),
    loadTemp: () => Promise.resolve(1),
    replaceHour: ({ tell }) => {
      for (const each of words) tell?.(each);
      return Promise.resolve("replaced");
    },
    dropTable: () => Promise.resolve(),
    readLedger: () => Promise.resolve([]),
    readHours: () => Promise.resolve([]),
    readColumnSums: () => Promise.resolve([]),
    countRows: () => Promise.resolve(0),
    close: () => Promise.resolve(),
  };
}

describe("what a load tells while it runs", () => {
  let directory: string;
  let stage: FileObjectStore;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "sluice-told-"));
    stage = new FileObjectStore(directory);
    await stageHour(stage, 1, [{ name: "purchase", files: [['{"id":1}']] }]);
  });
  afterEach(() => rm(directory, { recursive: true }));

  async function load(
    changes: Partial<LogType>,
    now: string,
    { url = "bigquery://p/d", words = [] as readonly string[] } = {},
  ): Promise<readonly [object, string][]> {
    const told: [object, string][] = [];
    const result = await loadHour(
      {
        type: { ...logType("purchase"), ...changes },
        hour,
        fields: [scalar("id", "INTEGER")],
        timezone: "UTC",
      },
      {
        stage,
        warehouse: fakeWarehouse(url, words),
        clock: () => new Date(now),
        log: { warn: (fields, message) => told.push([fields, message]) },
      },
    );
    expect(result.rows_loaded).to.equal(1);
    return told;
  }

  const kept = { partitionBy: "day", expirationDays: 30 } as const;
  const expiresAt = "2026-12-21T00:00:00.000Z";

  it("names an hour that is older than the type's expiration_days, once, and loads it", async () => {
    const told = await load(kept, expiresAt);
    expect(told).to.have.length(1);
    const [fields, message] = told[0] ?? [];
    expect(fields).to.deep.equal({
      run: "run1",
      type: "purchase",
      hour,
      table: "purchase",
      expired_at: expiresAt,
    });
    expect(message).to.match(
      /^the hour is older than the type's expiration_days, 30: BigQuery deletes its rows at once, unless /,
    );
    expect(message).not.to.include("\n");
  });

  it("says nothing of it a millisecond earlier, without expiration_days, and where DuckDB keeps the rows", async () => {
    expect(await load(kept, "2026-12-20T23:59:59.999Z")).to.deep.equal([]);
    expect(
      await load({ ...kept, expirationDays: null }, expiresAt),
    ).to.deep.equal([]);
    const url = "duckdb:w.duckdb";
    expect(await load(kept, expiresAt, { url })).to.deep.equal([]);
  });

  it("passes on what the warehouse waits for, with the hour and the type", async () => {
    const words = ["waits for other loads: 1 min so far", "waits: 2 min"];
    const told = await load({}, "2026-11-21T04:30:00Z", { words });
    const fields = { run: "run1", type: "purchase", hour, table: "purchase" };
    expect(told).to.deep.equal(words.map((each) => [fields, each]));
  });
});
