import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { DuckDbWarehouse } from "../../src/adapters/duckdb-warehouse.js";
import { FileObjectStore } from "../../src/adapters/file-object-store.js";
import type { LogType } from "../../src/catalog/catalog.js";
import { runCommandLine } from "../../src/commands.js";
import { createCommandContext } from "../../src/commands/context.js";
import { readEnvironment } from "../../src/environment.js";
import { loadHour } from "../../src/load/load-hour.js";
import { rejection } from "../add/rejection.js";
import { queryDuckDb } from "../contract/query-duckdb.js";
import { hour, logType, scalar, stageHour } from "../load/stage-hour.js";

interface Finished {
  readonly result: object;
  readonly words: string;
}

describe("loads of a type with record_shares", function () {
  this.timeout(120_000);
  let directory: string;
  let stage: FileObjectStore;
  let warehouse: DuckDbWarehouse;
  let file: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "sluice-shares-"));
    stage = new FileObjectStore(join(directory, "stage"));
    file = join(directory, "w.duckdb");
    warehouse = new DuckDbWarehouse(file);
  });
  afterEach(async () => {
    await warehouse.close();
    await rm(directory, { recursive: true });
  });

  const fields = [scalar("id", "INTEGER"), scalar("note", "STRING")];
  const counting: LogType = { ...logType("visit"), recordShares: true };
  const rows = [
    '{"id":0,"note":""}',
    '{"id":1,"note":null}',
    '{"id":null}',
    '{"id":3,"note":"x"}',
  ];

  function load(type: LogType = counting) {
    return loadHour(
      { type, hour, fields, timezone: "UTC" },
      {
        stage,
        warehouse,
        clock: () => new Date("2026-11-21T04:30:00Z"),
        log: { warn: () => undefined },
      },
    );
  }

  const readHour = () => warehouse.readColumnSums("visit", hour, hour);
  const counted = [
    {
      column: "id",
      hours: 1,
      records: 4,
      nulls: 1,
      missing: 0,
      zeros: 1,
      empties: 0,
    },
    {
      column: "note",
      hours: 1,
      records: 4,
      nulls: 1,
      missing: 1,
      zeros: 0,
      empties: 1,
    },
  ];

  for (const gzip of [false, true]) {
    it(`count the columns of all ${gzip ? "gzip" : "plain"} files, however often and at once they run`, async () => {
      const files = [rows.slice(0, 1), rows.slice(1)];
      await stageHour(stage, 1, [{ name: "visit", files, gzip }]);
      await load();
      expect(await readHour()).to.deep.equal(counted);
      await Promise.all([load(), load()]);
      expect(await readHour()).to.deep.equal(counted);
      await stageHour(stage, 2, [
        { name: "visit", files: [["{}"], ...files], gzip },
      ]);
      await load();
      expect((await readHour()).map(({ records }) => records)).to.deep.equal([
        5, 5,
      ]);
    });
  }

  it("count an hour of no rows as such", async () => {
    await stageHour(stage, 1, [{ name: "visit", files: [] }]);
    await load();
    expect((await readHour())[0]).to.include({ hours: 1, records: 0 });
  });

  it("count rows that were set aside too", async () => {
    const bad = '{"id":"x","note":""}';
    await stageHour(stage, 1, [{ name: "visit", files: [[...rows, bad]] }]);
    const result = await load({
      ...counting,
      onBadRow: "quarantine",
      maxBad: 0.5,
    });
    expect(result).to.include({ rows_loaded: 4, rows_set_aside: 1 });
    expect((await readHour())[1]).to.include({ records: 5, empties: 2 });
  });

  it("leave nothing where rows are refused", async () => {
    await stageHour(stage, 1, [{ name: "visit", files: [[...rows, "{"]] }]);
    await rejection(load());
    expect(await readHour()).to.deep.equal([]);
  });

  it("count nothing and make no table where the catalog does not ask for it", async () => {
    await stageHour(stage, 1, [{ name: "visit", files: [rows] }]);
    await load(logType("visit"));
    expect(await readHour()).to.deep.equal([]);
    const tables = await queryDuckDb(
      file,
      "SELECT table_name FROM duckdb_tables() WHERE table_name LIKE '%columns%'",
    );
    expect(tables).to.deep.equal([]);
  });

  describe("told by sluice shares", () => {
    beforeEach(async () => {
      await mkdir(join(directory, "schemas/tables"), { recursive: true });
      await writeFile(
        join(directory, "catalog.yaml"),
        `source: file:${directory}/source
stage: ${stage.url}
warehouse: ${warehouse.url}
type_key: kind
record_shares: true
types: { visit: {}, quiet: { record_shares: false } }
`,
      );
      await writeFile(
        join(directory, "schemas/tables/visit.json"),
        JSON.stringify([{ name: "id", type: "INTEGER" }]),
      );
    });

    /** The counts of one hour, as a load writes them. */
    async function count(day: string, nulls: number): Promise<void> {
      const zeros = { missing: 0, zeros: 0, empties: 0 };
      const at = new Date(`${day}T05:00:00Z`);
      const folderHour = `${day}T04`;
      const temp = `visit_TEMP_${day.replaceAll("-", "")}`;
      const bytes = { seq: 1, bytes: 0, run: "r", rowsSetAside: 0 };
      await warehouse.createTemp(temp, fields);
      await warehouse.ensureTable({
        table: "visit",
        fields: [scalar("folder_hour", "TIMESTAMP"), ...fields],
        partitionBy: "day",
      });
      await warehouse.replaceHour({
        table: "visit",
        temp,
        columns: [],
        ledger: {
          ...bytes,
          logType: "visit",
          folderHour,
          rowsLoaded: 0,
          manifest: "m",
          schemaHash: "h",
          jobId: temp,
          startedAt: at,
          finishedAt: at,
        },
        hour: {
          folderHour,
          seq: 1,
          run: "r",
          lines: 0,
          blank: 0,
          setAside: 0,
          setAsideReasons: {},
          unknownTypes: {},
          finishedAt: at,
        },
        columnCounts: [{ column: "id", records: 1_000, nulls, ...zeros }],
      });
      await warehouse.dropTable(temp);
    }

    async function run(...words: string[]): Promise<Finished> {
      await warehouse.close();
      const finished: Finished[] = [];
      await runCommandLine(
        ["shares", "--catalog", join(directory, "catalog.yaml"), ...words],
        {
          ...createCommandContext(readEnvironment({})),
          finish: (_, result, told) => finished.push({ result, words: told }),
        },
      );
      return finished[0] ?? expect.fail("nothing was printed");
    }

    it("against the same day of the week before, or another one", async () => {
      await count("2026-11-14", 10);
      await count("2026-11-20", 400);
      await count("2026-11-21", 410);
      const week = await run("--type", "visit", "--day", "2026-11-21");
      expect(week.words).to.equal(
        [
          "visit: 2026-11-21 (1 hour) against 2026-11-14 (1 hour): 1 share of 1 column moved",
          "  id: null in 41 % (410 of 1000), was 1 % (10 of 1000)",
        ].join("\n"),
      );
      const yesterday = await run(
        ...["--type", "visit", "--day", "2026-11-21"],
        ...["--against", "2026-11-20"],
      );
      expect(yesterday.result).to.deep.include({
        against: "2026-11-20",
        compared: 1,
        moved: [],
      });
    });

    it("of a day that nothing was counted on", async () => {
      await count("2026-11-21", 1);
      const { words } = await run("--type", "visit", "--day", "2026-11-21");
      expect(words).to.include("nothing was counted on 2026-11-14");
    });
  });
});
